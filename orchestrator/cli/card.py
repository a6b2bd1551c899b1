"""One human task in full, for people."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orchestrator.cli.schema import Field
from orchestrator.cli.show import cell_text, from_now, harmless, rendered
from orchestrator.wire import Task

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN_PAYLOAD = 4000
"""Characters of a payload for people; `--json` has all of it."""


def card(task: Task) -> "RenderableType":
    """Title, description, what is known of the task, its payload, its form and the decisions so far."""
    from rich.console import Group
    from rich.text import Text

    known = [(name, value) for name, value in _facts(task) if value not in (None, "", [])]
    parts: list[RenderableType] = [Text(harmless(task.title), style="bold")]
    if task.description:
        parts += [Text(harmless(task.description))]
    parts += [Text(), *(Text(f"{name:10} {cell_text(value)}") for name, value in known)]
    if task.payload is not None:
        parts += [Text(), Text("payload", style="bold"), Text(harmless(_pretty(task.payload)))]
    if task.form is not None:
        parts += [Text(), Text("form", style="bold"), _form(task.form)]
    if task.decisions:
        parts += [Text(), Text("decisions", style="bold"), _decisions(task.decisions)]
    return Group(*parts)


def _facts(task: Task) -> list[tuple[str, Any]]:
    due = None if task.due_at is None else f"{cell_text(task.due_at)}, {from_now(task.due_at)}"
    of = f" of {task.quorum_of}" if task.quorum_of else ""
    large = f"{task.payload_ref.size_bytes} bytes in {task.payload_ref.store}" if task.payload_ref else None
    return [
        ("workflow", task.workflow_id),
        ("task", task.task_id),
        ("stage", task.stage),
        ("state", task.state + (f" by {task.claimed_by}" if task.claimed_by else "")),
        ("for", task.waits_for or "anybody"),
        ("not by", task.not_by),
        ("identity", None if task.identity == "any" else f"a {task.identity} token is needed (--token)"),
        ("quorum", None if task.quorum == 1 and not of else f"{task.quorum} must approve{of}"),
        ("priority", task.priority or None),
        ("opened", task.created_at),
        ("due", due),
        ("follow up", task.follow_up_at),
        ("reminder", task.next_reminder_at),
        ("escalation", task.next_escalation_at or ("done" if task.escalated else None)),
        ("payload", large if task.payload is None else None),
    ]


def _pretty(payload: Any) -> str:
    text = payload if isinstance(payload, str) else json.dumps(payload, indent=2, ensure_ascii=False)
    if len(text) <= SHOWN_PAYLOAD:
        return text
    return f"{text[:SHOWN_PAYLOAD]}… ({len(text)} characters; --json has them all)"


def _form(form: dict[str, Any]) -> "RenderableType":
    whole = Field(form, form)
    fields = whole.fields if whole.kind == "object" else [whole]
    rows = [
        (field.path or "value", field.hint, field.schema.get("default"), field.schema.get("description"))
        for field in fields
    ]
    return rendered(("field", "what", "default", "description"), rows)


def _decisions(decisions: list[dict[str, Any]]) -> "RenderableType":
    rows = [
        (
            _moment(one.get("at")),
            one.get("by"),
            one.get("action"),
            None if one.get("values") is None else json.dumps(one["values"], ensure_ascii=False),
            one.get("comment"),
        )
        for one in decisions
    ]
    return rendered(("at", "by", "action", "values", "comment"), rows)


def _moment(at: Any) -> Any:
    """A decision's time is JSON."""
    try:
        return datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return at
