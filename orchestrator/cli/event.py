"""`orchestrator event`: something that happened outside."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from orchestrator.cli.options import AsJson, Timeout, WorkflowId, build, filled, json_value, run


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Decide")(event)


def event(
    workflow_id: WorkflowId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The event's name.")],
    *,
    payload: Annotated[
        Any, typer.Option("--payload", metavar="JSON|@FILE", parser=json_value, help="What it brings; @- reads stdin.")
    ] = None,
    event_id: Annotated[
        str | None, typer.Option("--event-id", metavar="ID", parser=filled, help="The same one twice is one event.")
    ] = None,
    timeout: Timeout = 10,
    json: AsJson = False,
) -> None:
    """Tell a workflow of something that happened outside."""
    from orchestrator.cli import show
    from orchestrator.cli.updating import sent_once, to_update
    from orchestrator.wire import Event

    happened = build(Event, name=name, payload=payload, event_id=event_id or uuid4().hex)

    async def go() -> None:
        client = await to_update(workflow_id, timeout)
        with sent_once("event", "--event-id", happened.event_id):
            receipt = await client.event(workflow_id, happened)
        if json:
            show.as_json(receipt)
        else:
            show.line(f"{receipt.status}: {name}")

    run(go())
