"""`orchestrator decide`: somebody's answer to a human task, given in options or at the prompt."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import uuid4

import typer

from orchestrator.cli.options import (
    AsJson,
    By,
    TaskId,
    Timeout,
    Token,
    Values,
    WorkflowId,
    build,
    connected,
    filled,
    run,
    user,
)

if TYPE_CHECKING:
    from orchestrator.client import OrchestratorClient
    from orchestrator.wire import Decision, Task

Action = Literal["approve", "reject", "edit", "respond"]
CLOSED = ("decided", "expired", "withdrawn")
"""In the audit trail: how a task has ended."""


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Decide")(decide)


def decide(
    workflow_id: WorkflowId,
    *,
    action: Annotated[
        Action | None, typer.Option("--action", help="The decision. Left out at a terminal, you are asked.")
    ] = None,
    task: TaskId = None,
    values: Values = None,
    by: By = None,
    comment: Annotated[str | None, typer.Option("--comment", help="Beside the decision.")] = None,
    token: Token = None,
    decision_id: Annotated[
        str | None,
        typer.Option("--decision-id", metavar="ID", parser=filled, help="The same one twice is one decision."),
    ] = None,
    early: Annotated[
        bool, typer.Option("--early", help="Where no task is open, keep it for the next one, whatever that asks.")
    ] = False,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Answer a human task: the one that is open, or --task of several.

    Before a workflow has asked anything, an answer is kept for its first question. At a terminal, what the task's form
    asks for is asked for at the prompt; --values answers it without. Nothing is sent before you have confirmed it.
    """
    from orchestrator.cli import show
    from orchestrator.wire import Decision

    by = user(by)
    if values is None and show.somebody_is_there():
        task, action, values = _asked(workflow_id, task, action, by)
    if action is None:
        raise typer.BadParameter("--action is missing: approve, reject, edit or respond.")
    decision = build(
        Decision,
        task_id=task,
        action=action,
        values=values,
        by=by,
        comment=comment,
        decision_id=decision_id or uuid4().hex,
        token=token,
    )
    run(_send(workflow_id, decision, timeout, binds=not (early or decision_id), json=json))


def _asked(
    workflow_id: str, task_id: str | None, action: Action | None, by: str
) -> tuple[str | None, Action | None, Any]:
    """The task, the action and the values, asked for as far as they are not given."""
    from orchestrator.cli import prompt, show

    task = run(_shown(workflow_id, task_id, action))
    if task is None or (action is not None and task.form is None):
        return task_id, action, None
    try:
        # Outside of any event loop: there, the first Ctrl-C would not end it.
        chosen, values = prompt.answer(task, action, by)
    except (KeyboardInterrupt, typer.Abort):
        show.remark("\nNothing was sent.")
        raise
    return task.task_id, chosen, values


async def _shown(workflow_id: str, task_id: str | None, action: Action | None) -> "Task | None":
    """The task to ask about; None if that is for the workflow to say: it keeps a decision for its next task."""
    from orchestrator.cli.tasks import opened

    client = await connected()
    if action is not None and task_id is None and len((await client.describe(workflow_id)).tasks) != 1:
        return None
    return await opened(client, workflow_id, task_id)


async def _send(workflow_id: str, decision: "Decision", seconds: float, *, binds: bool, json: bool) -> None:
    from orchestrator.cli import show
    from orchestrator.cli.updating import sent_once, to_update

    client = await to_update(workflow_id, seconds)
    if decision.task_id is None and binds:
        decision = await _addressed(client, workflow_id, decision)
    with sent_once("decision", "--decision-id", decision.decision_id):
        receipt = await client.decide(workflow_id, decision)
    if json:
        show.as_json(receipt)
        return
    about = f" on task {receipt.task_id}" if receipt.task_id else ", kept for the next task"
    missing = f", {receipt.remaining} more needed" if receipt.remaining else ""
    show.line(f"{receipt.status.replace('_', ' ')}: {decision.action}{about}{missing}")


async def _addressed(client: "OrchestratorClient", workflow_id: str, decision: "Decision") -> "Decision":
    """The decision, for the task that is open now: if somebody else is quicker, it must not answer what is asked next.

    Raises:
        Refused: No task is open, and there was one before. *Not retryable.*
    """
    from orchestrator.errors import Refused

    tasks = await client.tasks(workflow_id)
    if len(tasks) == 1:
        return decision.model_copy(update={"task_id": tasks[0].task_id})
    closed = [entry for entry in await client.audit(workflow_id) if entry.what in CLOSED] if not tasks else []
    if closed:
        last = closed[-1]
        raise Refused(
            f"No task of {workflow_id!r} is open: {last.task_id}, the last one, was {last.what} by {last.by}. --early "
            "keeps the answer for the next one, whatever that asks."
        )
    return decision
