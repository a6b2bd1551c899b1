"""`orchestrator decide`, `assign` and `event`: what people and the outside say to a workflow."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import uuid4

import typer

from orchestrator.cli.options import AsJson, By, Timeout, Values, WorkflowId, build, json_value, run, user

if TYPE_CHECKING:
    from orchestrator.client import OrchestratorClient


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    command = cli.command(rich_help_panel="Decide")
    command(decide)
    command(assign)
    command(event)


def decide(
    workflow_id: WorkflowId,
    *,
    action: Annotated[Literal["approve", "reject", "edit", "respond"], typer.Option("--action", help="The decision.")],
    task: Annotated[str | None, typer.Option("--task", metavar="ID", help="Default: the one open task.")] = None,
    values: Values = None,
    by: By = None,
    comment: Annotated[str | None, typer.Option("--comment", help="Beside the decision.")] = None,
    decision_id: Annotated[
        str | None, typer.Option("--decision-id", metavar="ID", help="The same one twice is one decision.")
    ] = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Answer a human task."""
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.rpc import NoWorker
    from orchestrator.wire import Decision

    decision = build(
        Decision,
        task_id=task,
        action=action,
        values=values,
        by=user(by),
        comment=comment,
        decision_id=decision_id or uuid4().hex,
    )

    async def go() -> None:
        client = await to_update(workflow_id, timeout)
        try:
            receipt = await client.decide(workflow_id, decision)
        except NoWorker as error:
            again = f"Send it again with --decision-id {decision.decision_id}: it counts once."
            raise NoWorker(f"{error} The decision may still arrive. {again}") from error
        if json:
            show.as_json(receipt)
            return
        about = f" on task {receipt.task_id}" if receipt.task_id else ", kept for the next task"
        missing = f", {receipt.remaining} more needed" if receipt.remaining else ""
        show.line(f"{receipt.status.replace('_', ' ')}: {action}{about}{missing}")

    run(go())


def assign(
    workflow_id: WorkflowId,
    *,
    action: Annotated[
        Literal["claim", "unclaim", "delegate", "reassign"], typer.Option("--action", help="What to do with it.")
    ],
    task: Annotated[str | None, typer.Option("--task", metavar="ID", help="Default: the one open task.")] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="NAME", help="A person or a group:NAME; may be repeated.")
    ] = None,
    by: By = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Claim, unclaim, delegate or reassign a human task."""
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.info import waited_for
    from orchestrator.wire import Assignment

    async def go() -> None:
        client = await to_update(workflow_id, timeout)
        task_id = task or await _only_task(client, workflow_id)
        change = build(Assignment, task_id=task_id, action=action, assignees=to or [], by=user(by))
        changed = await client.assign(workflow_id, change)
        if json:
            show.as_json(changed)
        else:
            show.line(f"task {task_id} is {changed.state}, for {', '.join(waited_for(changed)) or 'anybody'}")

    run(go())


def event(
    workflow_id: WorkflowId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The event's name.")],
    *,
    payload: Annotated[
        Any, typer.Option("--payload", metavar="JSON|@FILE", parser=json_value, help="What it brings; @- reads stdin.")
    ] = None,
    event_id: Annotated[
        str | None, typer.Option("--event-id", metavar="ID", help="The same one twice is one event.")
    ] = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Tell a workflow of something that happened outside."""
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.rpc import NoWorker
    from orchestrator.wire import Event

    happened = build(Event, name=name, payload=payload, event_id=event_id or uuid4().hex)

    async def go() -> None:
        client = await to_update(workflow_id, timeout)
        try:
            receipt = await client.event(workflow_id, happened)
        except NoWorker as error:
            again = f"Send it again with --event-id {happened.event_id}: it counts once."
            raise NoWorker(f"{error} The event may still arrive. {again}") from error
        if json:
            show.as_json(receipt)
        else:
            show.line(f"{receipt.status}: {name}")

    run(go())


async def _only_task(client: "OrchestratorClient", workflow_id: str) -> str:
    from orchestrator.errors import Refused

    found = await client.tasks(workflow_id)
    if len(found) == 1:
        return str(found[0].task_id)
    open_ = ", ".join(task.task_id for task in found) or "none"
    raise Refused(f"Workflow {workflow_id!r} has {len(found)} open tasks, so say which with --task; open are: {open_}.")
