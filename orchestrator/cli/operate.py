"""`orchestrator pause`, `resume` and `cancel`: what operators do to a workflow."""

from typing import Annotated

import typer

from orchestrator.cli.options import By, Reason, WorkflowId, build, connected, run, user


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    command = cli.command(rich_help_panel="Operate")
    command(pause)
    command(resume)
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
