"""`orchestrator recover`: bring parked stages on."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from orchestrator.cli.options import (
    AsJson,
    By,
    Timeout,
    build,
    connected,
    json_value,
    moment,
    run,
    user,
)

if TYPE_CHECKING:
    from orchestrator.parked import Found
    from orchestrator.wire import Recovery


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Operate")(recover)


def recover(
    workflow_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Of the workflow; without it, all that fit.")
    ] = None,
    *,
    action: Annotated[
        Literal["retry", "amend", "skip", "rewind", "abort"],
        typer.Option("--action", help="Retry, amend the state and retry, skip a node, rewind, or give up."),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit trail.")],
    stage: Annotated[str | None, typer.Option("--stage", metavar="NAME", help="Default: the one parked stage.")] = None,
    values: Annotated[
        Any,
        typer.Option(
            "--values", metavar="JSON|@FILE", parser=json_value, help="To amend: keys of the state to replace."
        ),
    ] = None,
    checkpoint: Annotated[str | None, typer.Option("--checkpoint", metavar="ID", help="Where to rewind to.")] = None,
    node: Annotated[str | None, typer.Option("--node", metavar="NAME", help="Which to skip.")] = None,
    query: Annotated[str | None, typer.Option("--query", help="Of all: a visibility query of Temporal's.")] = None,
    failure: Annotated[
        str | None, typer.Option("--failure", metavar="TYPE", help="Of all: those that failed so, such as Outage.")
    ] = None,
    since: Annotated[
        Any, typer.Option("--since", metavar="TIME", parser=moment, help="Of all: parked from then on.")
    ] = None,
    until: Annotated[
        Any, typer.Option("--until", metavar="TIME", parser=moment, help="Of all: parked before then.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Of all: only show which.")] = False,
    by: By = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Say what is to be done with a parked stage, or with all that fit.

    Without ID: each parked stage that fits --stage, --failure, --since, --until and --query. The failed node goes on
    with what is deployed now; nothing before it runs again.
    """
    from orchestrator.cli import show
    from orchestrator.cli.updating import to_update
    from orchestrator.parked import Wanted
    from orchestrator.wire import Recovery

    if action == "amend" and not (isinstance(values, dict) and values):
        raise typer.BadParameter("--action amend needs --values: an object with the keys of the state to replace.")
    if action == "rewind" and not checkpoint:
        raise typer.BadParameter(
            "--action rewind needs --checkpoint; `orchestrator history ID --checkpoints` has them."
        )
    recovery = build(
        Recovery,
        stage=stage,
        action=action,
        values=values,
        checkpoint_id=checkpoint,
        node=node,
        by=user(by),
        reason=reason,
    )
    if workflow_id is None:
        if action == "rewind":
            raise typer.BadParameter("a checkpoint is one workflow's: rewind one at a time, with its ID.")
        wanted = build(Wanted, query=query, stage=stage, failure=failure, since=since, until=until)
        run(_recover_all(wanted, recovery, dry_run=dry_run, seconds=timeout, json=json))
        return
    if dry_run or any((query, failure, since, until)):
        raise typer.BadParameter("--query, --failure, --since, --until and --dry-run are for all: leave out the ID.")

    async def go() -> None:
        standing = await (await to_update(workflow_id, timeout)).recover(workflow_id, recovery)
        if json:
            show.as_json(standing)
        else:
            then = f"{stage or 'its stage'} fails" if action == "abort" else f"{workflow_id} is {standing.state}"
            show.line(f"{action}: accepted; {then}")

    run(go())


async def _recover_all(wanted: Any, recovery: "Recovery", *, dry_run: bool, seconds: float, json: bool) -> None:
    from datetime import timedelta

    from orchestrator.cli import show
    from orchestrator.errors import OrchestratorError
    from orchestrator.parked import parked_stages

    client = await connected()
    client.update_timeout = timedelta(seconds=seconds)
    found = await parked_stages(client, wanted)
    outcomes = {}
    for one in [] if dry_run else found.parked:
        try:
            await client.recover(one.workflow_id, recovery.model_copy(update={"stage": one.stage}))
            outcomes[one.workflow_id, one.stage] = "accepted"
        except OrchestratorError as error:
            outcomes[one.workflow_id, one.stage] = str(error)
    _tell(found, outcomes, json=json)
    if dry_run:
        show.remark(
            f"Nothing was done; without --dry-run: {recovery.action} for {show.count(len(found.parked), 'stage')}."
        )
    if found.silent or any(outcome != "accepted" for outcome in outcomes.values()):
        raise typer.Exit(1)


def _tell(found: "Found", outcomes: dict[tuple[str, str], str], *, json: bool) -> None:
    from orchestrator.cli import show

    rows = [(one, outcomes.get((one.workflow_id, one.stage))) for one in found.parked]
    if json:
        show.as_json([one.model_dump(mode="json") | {"outcome": outcome} for one, outcome in rows])
    else:
        columns = ("workflow", "stage", "parked since", "error", "outcome")
        told = [(one.workflow_id, one.stage, one.since, one.error, outcome) for one, outcome in rows]
        show.table(columns, told, nothing="No parked stage fits.")
    for workflow_id in found.silent:
        show.remark(f"{workflow_id}: no worker answers, so it is not known whether it fits.")
