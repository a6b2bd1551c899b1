"""`orchestrator graph list` and `graph show`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli.options import App, AsJson, Config, run
from orchestrator.drawing import Format

if TYPE_CHECKING:
    from orchestrator.app import GraphDefinition

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
    show.table(("graph", "checkpointer", "task queue", "durability", "on failure"), rows)


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
    name: Annotated[str, typer.Argument(metavar="NAME", help="The graph.")],
    *,
    format_: Annotated[
        Format | None, typer.Option("--format", help="Default: what the file's name says, else text.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to. Default: standard output.")
    ] = None,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """A graph, with its subgraphs, as text, Mermaid or PNG; with --json, its nodes and edges."""
    from orchestrator import drawing
    from orchestrator.cli import show

    chosen = format_ or SUFFIXES.get(output.suffix if output else "", "text")
    if chosen == "png" and output is None and sys.stdout.isatty():
        raise typer.BadParameter("A PNG does not go to a terminal; name a file with --output FILE.png.")

    async def go() -> None:
        graph = await _drawable(name, app, config)
        if json:
            show.as_json(
                {
                    "name": name,
                    "nodes": [node.id for node in graph.nodes.values()],
                    "edges": [
                        {
                            "source": edge.source,
                            "target": edge.target,
                            "conditional": edge.conditional,
                            "label": edge.data,
                        }
                        for edge in graph.edges
                    ],
                }
            )
            return
        if chosen == "png":
            _write(await drawing.as_png(graph, name), output)
        else:
            text = drawing.as_mermaid(graph) if chosen == "mermaid" else drawing.as_text(graph)
            _write(f"{text.rstrip()}\n".encode(), output)
        if output is not None:
            show.line(f"wrote {output}")

    run(go())


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(group, name="graph", rich_help_panel="Look")


async def _drawable(name: str, app: str | None, config: Path | None) -> Any:
    from orchestrator.activity.compiled import compile_graph
    from orchestrator.checkpoints.memory import MemoryStore
    from orchestrator.cli.loading import application
    from orchestrator.errors import Refused
    from orchestrator.settings import load

    try:
        definition = application(load(), app, config).definition(name)
    except KeyError as error:
        raise Refused(str(error.args[0])) from error
    compiled = await compile_graph(definition, MemoryStore("memory://"))
    return compiled.graph.get_graph(xray=True)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise typer.BadParameter(f"--output {output} cannot be written: {error.strerror}.") from error
