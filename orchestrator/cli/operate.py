"""`orchestrator pause`, `resume`, `park` and `cancel`: what operators do to a workflow."""

from typing import Annotated

import typer

from orchestrator.cli.options import AsJson, By, Reason, Timeout, WorkflowId, build, connected, run, user


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    command = cli.command(rich_help_panel="Operate")
    command(pause)
    command(resume)
    command(park)
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


def park(
    workflow_id: WorkflowId,
    *,
    stage: Annotated[str | None, typer.Option("--stage", metavar="NAME", help="Default: the one open stage.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit trail.")],
    by: By = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Stop a stage that goes wrong, so that `recover` can amend, skip, rewind, retry or abort it.

    Nodes that run are let end; what people were asked stays open.
    """
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.wire import Parking

    parking = build(Parking, stage=stage, by=user(by), reason=reason)

    async def go() -> None:
        standing = await (await to_update(workflow_id, timeout)).park(workflow_id, parking)
        if json:
            show.as_json(standing)
        elif standing.state == "parked":
            show.line(f"parked {workflow_id}; `orchestrator recover` brings it on")
        else:
            show.line(f"parking {workflow_id}: its stage stops at its next step")

    run(go())


def cancel(
    workflow_id: WorkflowId,
    by: By = None,
    reason: Reason = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
) -> None:
    """Cancel a workflow: its running nodes are told, its checkpoints stay."""
    from orchestrator.cli import show
    from orchestrator.rpc import WorkflowFailed

    who = user(by)

    async def go() -> None:
        client = await connected()
        await client.cancel(workflow_id, reason=f"{reason} (by {who})" if reason else f"by {who}")
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
