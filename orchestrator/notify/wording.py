"""What a notice says, in words; for every channel that people read."""

import shlex
from datetime import datetime
from urllib.parse import quote

from pydantic_core import to_json

from orchestrator.calls import Notice
from orchestrator.wire import Task

HEADLINES = {
    "opened": "To decide",
    "assigned": "Assigned",
    "reminded": "Reminder",
    "escalated": "Escalated",
    "overdue": "Overdue",
    "decided": "Decided",
    "expired": "Expired",
    "withdrawn": "Withdrawn",
    "parked": "Parked",
}
OPEN_EVENTS = frozenset({"opened", "assigned", "reminded", "escalated", "overdue"})
"""After these the task waits for an answer."""
LONGEST_DETAIL = 500
"""Characters."""


def headline(notice: Notice) -> str:
    """One line: what happened, to what."""
    what = HEADLINES.get(notice.event, notice.event.capitalize())
    if notice.task is not None:
        return one_line(f"{what}: {notice.task.title}")
    return one_line(f"{what}: {notice.stage or notice.workflow_type} of {notice.workflow_id}")


def facts(notice: Notice) -> list[tuple[str, str]]:
    """What else there is to know, as label and value. The task's payload is not among it: mail and chats are no place
    for whatever it may hold."""
    task = notice.task
    found = [("Workflow", notice.workflow_id)]
    if notice.stage or (task is not None and task.stage):
        found.append(("Stage", str(notice.stage or (task and task.stage))))
    if task is not None:
        found.append(("Task", task.task_id))
        if task.assignees:
            found.append(("For", ", ".join(task.assignees)))
        if task.due_at is not None:
            found.append(("Due", moment(task.due_at)))
    if notice.detail not in (None, "", [], {}):
        found.append(("Detail", _detail(notice.detail)))
    return [(label, one_line(value)) for label, value in found]


def command(notice: Notice) -> str | None:
    """The command line that answers the task or looks after the parked stage, for a POSIX shell."""
    workflow_id, task = shlex.quote(notice.workflow_id), notice.task
    if notice.event == "parked":
        return f"orchestrator recover {workflow_id} --action retry --reason '…'"
    if notice.event not in OPEN_EVENTS or task is None or task.identity != "any":
        return None
    line = f"orchestrator decide {workflow_id} --task {shlex.quote(task.task_id)} --action approve"
    return line if needs_no_values(task) else f"{line} --values '{{…}}'"


def needs_no_values(task: Task) -> bool:
    """Whether an approval without values would be taken, as far as the task shows it."""
    if isinstance(task.payload, dict) and task.payload.get("type") == "tool_approval":
        return True  # its form is that of the answer that we build
    form = task.form
    return form is None or (form.get("type", "object") == "object" and not form.get("required"))


def web_ui_link(base_url: str, namespace: str, workflow_id: str) -> str:
    """The workflow in Temporal's Web UI."""
    return f"{base_url.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"


def moment(at: datetime) -> str:
    """A time as people read it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _detail(detail: object) -> str:
    text = detail if isinstance(detail, str) else to_json(detail).decode()
    return text if len(text) <= LONGEST_DETAIL else f"{text[:LONGEST_DETAIL]}…"
