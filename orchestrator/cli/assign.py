"""`orchestrator assign`: who works on a human task."""

from typing import Annotated, Literal

import typer

from orchestrator.cli.options import AsJson, By, TaskId, Timeout, Token, WorkflowId, build, run, user


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Decide")(assign)


def assign(
    workflow_id: WorkflowId,
    *,
    action: Annotated[
        Literal["claim", "unclaim", "delegate", "reassign"], typer.Option("--action", help="What to do with it.")
    ],
    task: TaskId = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="NAME", help="A person or a group:NAME; may be repeated.")
    ] = None,
    by: By = None,
    token: Token = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Claim, unclaim, delegate or reassign a human task."""
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.wire import Assignment

    if action in ("delegate", "reassign") and not to:
        raise typer.BadParameter(f"--action {action} needs --to: whom?")
    if action in ("claim", "unclaim") and to:
        raise typer.BadParameter(f"--to is for delegate and reassign; --action {action} is about whoever sends it.")
    change = build(Assignment, task_id=task or "", action=action, assignees=to or [], by=user(by), token=token)

    async def go() -> None:
        client = await to_update(workflow_id, timeout)
        task_id = task or (await client.task(workflow_id)).task_id
        changed = await client.assign(workflow_id, change.model_copy(update={"task_id": task_id}))
        if json:
            show.as_json(changed)
        else:
            show.line(f"task {task_id} is {changed.state}, for {', '.join(changed.waits_for) or 'anybody'}")

    run(go())
