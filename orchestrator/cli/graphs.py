"""`orchestrator graph list` and `graph show`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli.options import App, AsJson, Config, run
from orchestrator.history.drawing import Format

if TYPE_CHECKING:
    from orchestrator.definition import GraphDefinition

group = typer.Typer(help="The application's graphs.", no_args_is_help=True)

SUFFIXES: dict[str, Format] = {".png": "png", ".mmd": "mermaid", ".mermaid": "mermaid"}


@group.command("list")
def list_(app: App = None, config: Config = None, json: AsJson = False) -> None:
    """The graphs that the application has, and how each is run."""
    from orchestrator.cli import show
    from orchestrator.cli.loading import application
    from orchestrator.settings import load

    settings = load()
    loaded = application(settings, app, config)
    found = [
        _described(definition, settings.checkpoints, settings.task_queue or loaded.name)
        for definition in loaded.graphs.values()
    ]
    if json:
        show.as_json(found)
        return
    rows = [
        (
            graph["name"],
            graph["checkpointer"],
            graph["task_queue"],
            graph["options"]["durability"],
            graph["options"]["on_failure"],
        )
        for graph in found
    ]
    show.table(("graph", "checkpointer", "task queue", "durability", "on failure"), rows, nothing="No graphs.")


def _described(definition: "GraphDefinition", checkpoints: str, task_queue: str) -> dict[str, Any]:
    from orchestrator.cli.masking import masked

    return {
        "name": definition.name,
        "checkpointer": masked(definition.checkpointer or checkpoints),
        "task_queue": definition.options.task_queue or task_queue,
        "options": definition.options.model_dump(mode="json", exclude_none=True),
    }


@group.command("show")
def show_(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="The graph, or a workflow that runs graphs.")],
    *,
    format_: Annotated[
        Format | None, typer.Option("--format", help="Default: what the file's name says, else text.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to. Default: standard output.")
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option("--stage", metavar="NAME", help="Of a workflow with several. Default: all; one for PNG."),
    ] = None,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """A graph, with its subgraphs, as text, Mermaid or PNG; with --json, its nodes and edges.

    Of a workflow, each stage's graph with the path that it has taken: which nodes ran how often, and where it stands.
    """
    from orchestrator.cli import show

    chosen = format_ or SUFFIXES.get(output.suffix if output else "", "text")
    if chosen == "png" and output is None and sys.stdout.isatty():
        raise typer.BadParameter("A PNG does not go to a terminal; name a file with --output FILE.png.")

    async def go() -> None:
        from orchestrator.cli.walked import drawn, walked

        found = await walked(name, stage, app, config)
        if json:
            told = [one.as_json() for one in found]
            show.as_json(told[0] if found[0].stage is None else told)
            return
        _write(await drawn(found, chosen), output)
        if output is not None:
            show.line(f"wrote {output}")

    run(go())


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(group, name="graph", rich_help_panel="Look")


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"--output {output} cannot be written: {error.strerror}.") from error
