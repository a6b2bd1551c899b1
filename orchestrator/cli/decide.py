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
    run,
    user,
)

if TYPE_CHECKING:
    from orchestrator.wire import Decision, Task

Action = Literal["approve", "reject", "edit", "respond"]


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
        str | None, typer.Option("--decision-id", metavar="ID", help="The same one twice is one decision.")
    ] = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Answer a human task.

    At a terminal, what the task's form asks for is asked for at the prompt; --values answers it without. Nothing is
    sent before you have confirmed it.
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
    run(_send(workflow_id, decision, timeout, json=json))


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


async def _send(workflow_id: str, decision: "Decision", seconds: float, *, json: bool) -> None:
    from orchestrator.cli import show
    from orchestrator.cli.updating import sent_once, to_update

    client = await to_update(workflow_id, seconds)
    with sent_once("decision", "--decision-id", decision.decision_id):
        receipt = await client.decide(workflow_id, decision)
    if json:
        show.as_json(receipt)
        return
    about = f" on task {receipt.task_id}" if receipt.task_id else ", kept for the next task"
    missing = f", {receipt.remaining} more needed" if receipt.remaining else ""
    show.line(f"{receipt.status.replace('_', ' ')}: {decision.action}{about}{missing}")
