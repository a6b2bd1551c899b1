"""`orchestrator pause`, `resume`, `recover` and `cancel`: what operators do to a workflow."""

from typing import Annotated, Literal

import typer

from orchestrator.cli.options import AsJson, By, Reason, Timeout, Values, WorkflowId, build, connected, run, user


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    command = cli.command(rich_help_panel="Operate")
    command(pause)
    command(resume)
    command(recover)
    command(cancel)


def pause(workflow_id: WorkflowId, by: By = None, reason: Reason = None) -> None:
    """Drain a workflow's running stages and start no new ones; tasks and timers stay open."""
    from orchestrator.cli import show
    from orchestrator.wire import Operator

    operator = build(Operator, by=user(by), reason=reason)

    async def go() -> None:
        await (await connected()).pause(workflow_id, operator)
        show.line(f"pausing {workflow_id}: its stages stop at their next step")

    run(go())


def resume(workflow_id: WorkflowId, by: By = None, reason: Reason = None) -> None:
    """Let a paused workflow go on."""
    from orchestrator.cli import show
    from orchestrator.wire import Operator

    operator = build(Operator, by=user(by), reason=reason)

    async def go() -> None:
        await (await connected()).resume(workflow_id, operator)
        show.line(f"resuming {workflow_id}")

    run(go())


def recover(
    workflow_id: WorkflowId,
    *,
    action: Annotated[
        Literal["retry", "amend", "skip", "rewind", "abort"], typer.Option("--action", help="What to do with it.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit trail.")],
    stage: Annotated[str | None, typer.Option("--stage", metavar="NAME", help="Default: the one parked stage.")] = None,
    values: Values = None,
    checkpoint: Annotated[str | None, typer.Option("--checkpoint", metavar="ID", help="Where to rewind to.")] = None,
    by: By = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Say what is to be done with a parked stage."""
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.wire import Recovery

    recovery = build(
        Recovery, stage=stage, action=action, values=values, checkpoint_id=checkpoint, by=user(by), reason=reason
    )

    async def go() -> None:
        standing = await (await to_update(workflow_id, timeout)).recover(workflow_id, recovery)
        if json:
            show.as_json(standing)
        else:
            show.line(f"{action}: accepted; {workflow_id} is {standing.state}")

    run(go())


def cancel(
    workflow_id: WorkflowId,
    reason: Reason = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
) -> None:
    """Cancel a workflow: its running nodes are told, its checkpoints stay."""
    from orchestrator.cli import show
    from orchestrator.rpc import WorkflowFailed

    async def go() -> None:
        client = await connected()
        await client.cancel(workflow_id, reason=reason or "")
        if not wait:
            show.line(f"cancelling {workflow_id}: it ends once its running nodes have stopped")
            return
        try:
            await client.result(workflow_id)
        except WorkflowFailed as error:
            if error.failure != "Cancelled":
                raise
            show.line(f"cancelled {workflow_id}")
        else:
            show.line(f"{workflow_id} had completed before it was cancelled")

    run(go())
