"""`orchestrator history`: what Temporal has recorded and what LangGraph has saved, in one timeline."""

import json as json_
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.options import App, AsJson, Config, WorkflowId, connected, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from orchestrator.history.happening import Happening

INDENT = "  "
KIB = 1024


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Look")(history)


def history(
    workflow_id: WorkflowId,
    *,
    run_id: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="Only this run. Default: the latest and those it continues."),
    ] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="NAME", help="Only this stage, and what befell the workflow.")
    ] = None,
    checkpoints: Annotated[
        bool, typer.Option("--checkpoints", help="Only the checkpoints: what `recover --action rewind` goes back to.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save",
            metavar="FILE",
            help="Keep Temporal's history there, for `orchestrator.testing.replay`.",
        ),
    ] = None,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """What happened, in order: Temporal's events and LangGraph's checkpoints.

    No worker is needed. What only the engine needs is folded away, and stands in --json.
    """
    if save is not None:
        run(_save(workflow_id, run_id, save))
        return
    from orchestrator.cli import show
    from orchestrator.history.timeline import Checkpoints
    from orchestrator.history.timeline import history as merged

    said: list[str] = []

    def remark(text: str) -> None:
        said.append(text)
        show.remark(text)

    def wanted(line: "Happening") -> bool:
        if checkpoints and line.kind != "checkpoint":
            return False
        return stage is None or line.stage == stage or (line.stage is None and line.kind in ("workflow", "reset"))

    async def go() -> None:
        client = await connected()
        async with Checkpoints(checkpointer(app, config, remark), remark) as stores:
            lines = merged(client, workflow_id, run_id=run_id, checkpoints=stores, remark=remark)
            if json:
                await _show_json(line async for line in lines if wanted(line))
                return
            chosen = [line async for line in lines if wanted(line) and not line.folded]
            width = max((len(_where(line)) for line in chosen), default=0)
            for line in chosen:
                show.line(for_people(line, width))
            if checkpoints and not chosen and not said:
                show.remark(f"No checkpoints in {', '.join(stores.read) or 'any checkpointer: no stage has begun'}.")
            sys.stdout.flush()

    run(go())


async def _show_json(lines: "AsyncIterator[Happening]") -> None:
    """One list, line by line: a history may be long."""
    before = "["
    async for line in lines:
        typer.echo(f"{before}{_json(line)}", nl=False)
        before = ",\n "
    typer.echo("[]" if before == "[" else "]")


async def _save(workflow_id: str, run_id: str | None, file: Path) -> None:
    from orchestrator.cli import show
    from orchestrator.rpc import translated
    from orchestrator.testing.histories import record

    client = await connected()
    with translated(f"Workflow {workflow_id!r}"):
        try:
            await record(client.temporal.get_workflow_handle(workflow_id, run_id=run_id), file)
        except OSError as error:
            raise typer.BadParameter(f"--save {file} cannot be written: {error.strerror}.") from error
    show.line(f"kept in {file}")


def checkpointer(app: str | None, config: object, remark: "Callable[[str], None]") -> "Callable[[str], str]":
    """From a graph's name to its checkpointer: the application's, if there is one here; else the setting."""
    from pathlib import Path

    from orchestrator.cli.loading import application_if_any
    from orchestrator.errors import OrchestratorError
    from orchestrator.settings import load

    settings = load()
    try:
        application = application_if_any(settings, app, config if isinstance(config, Path) else None)
    except OrchestratorError as error:
        if app or config:
            raise
        remark(f"The application is not to be had here, so checkpoints are looked for in the setting's: {error}")
        application = None
    graphs = application.graphs if application else {}
    own = {name: definition.checkpointer for name, definition in graphs.items()}
    return lambda graph: own.get(graph) or settings.checkpoints


def _json(line: "Happening") -> str:
    return json_.dumps(line.model_dump(mode="json", exclude_none=True), ensure_ascii=False)


def _where(line: "Happening") -> str:
    return line.stage or "workflow"


def for_people(line: "Happening", width: int = 0) -> str:
    """One line; `width` is that of the column of stages."""
    parts = [f"{line.at:%Y-%m-%d %H:%M:%S}.{line.at.microsecond // 1000:03}Z", f"{_where(line):{width}}"]
    if line.kind == "checkpoint":
        depth = len(line.namespace.split("|")) if line.namespace else 0
        inside = f"{line.namespace.replace('|', ':')}  " if line.namespace else ""
        branch = f"  on thread {line.thread_id}" if "@" in (line.thread_id or "").rpartition("/")[2] else ""
        parts.append(f"{INDENT * (depth + 1)}{inside}{line.text}{_size(line.size_bytes)}{branch}")
    elif line.kind == "pending":
        parts.append(f"now: {line.text}")
    else:
        parts.append(line.text)
    return INDENT.join(parts)


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return (
        f"  {size} B"
        if size < KIB
        else f"  {size / KIB:.1f} KiB"
        if size < KIB * KIB
        else f"  {size / KIB / KIB:.1f} MiB"
    )
