"""The graphs that `graph show` draws: one by its name, or those of a workflow with the paths taken through them."""

from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import typer

from orchestrator.activity.compiled import CompiledGraph, compile_graph
from orchestrator.app import Orchestrator
from orchestrator.checkpoints.memory import MemoryStore
from orchestrator.cli import show
from orchestrator.cli.loading import application
from orchestrator.cli.options import connected
from orchestrator.errors import OrchestratorError, Refused
from orchestrator.history import drawing
from orchestrator.history.drawing import Format
from orchestrator.history.path import Path, path_of
from orchestrator.history.timeline import Checkpoints, history
from orchestrator.rpc import NotFound
from orchestrator.settings import load

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph

    from orchestrator.client import OrchestratorClient

ENDED = ("completed", "failed", "cancelled", "timed out", "waiting", "drained")
"""What ends a turn."""


@dataclass
class Walk:
    """One stage, from its activities."""

    stage: str
    graph: str
    thread_id: str
    last: str = "scheduled"
    nodes: list[str] = field(default_factory=list)
    """Those that run now."""


@dataclass(frozen=True)
class Drawn:
    """A graph, and the path through it."""

    title: str
    graph: "Graph"
    stage: Walk | None = None
    path: Path = drawing.UNTRODDEN

    def as_json(self) -> dict[str, Any]:
        """Nodes and edges; of a stage, also what it went through."""
        found: dict[str, Any] = {
            "name": self.stage.graph if self.stage else self.title,
            "nodes": [node.id for node in self.graph.nodes.values()],
            "edges": [
                {"source": edge.source, "target": edge.target, "conditional": edge.conditional, "label": edge.data}
                for edge in self.graph.edges
            ],
        }
        if self.stage is None:
            return found
        walk = {"stage": self.stage.stage, "thread_id": self.stage.thread_id, "last": self.stage.last}
        return {**found, **walk, "visits": self.path.visits, "standing": self.path.standing}


async def walked(name: str, stage: str | None, app: str | None, config: File | None) -> list[Drawn]:
    """What to draw.

    Raises:
        Refused: There is neither a graph nor a workflow of that name, or no such stage. *Not retryable.*
        ConfigurationError: The application cannot be loaded. *Not retryable.*
    """
    loaded = application(load(), app, config)
    if name in loaded.graphs and stage is None:
        return [Drawn(name, await _graph(loaded, name))]
    client = await _server(loaded, name)
    url = load().checkpoints
    async with Checkpoints(
        lambda graph: (loaded.graphs[graph].checkpointer if graph in loaded.graphs else None) or url, show.remark
    ) as stores:
        walks = await _walks(client, loaded, name)
        chosen = [walk for walk in walks if stage in (None, walk.stage)]
        if not chosen:
            there_are = ", ".join(walk.stage for walk in walks) or "none yet"
            raise Refused(f"Workflow {name!r} has no stage {stage!r}; it has: {there_are}.")
        return [await _drawn(loaded, walk, stores) for walk in chosen]


async def drawn(found: list[Drawn], chosen: Format) -> bytes:
    """The drawing; several stages are several texts, and several Mermaid diagrams.

    Raises:
        typer.BadParameter: A PNG of several stages.
    """
    if chosen == "png":
        if len(found) > 1:
            there_are = ", ".join(one.title for one in found)
            raise typer.BadParameter(f"A PNG shows one stage: choose with --stage; there are {there_are}.")
        return await drawing.as_png(found[0].graph, found[0].title, path=found[0].path)
    texts = []
    for one in found:
        mark = "%% " if chosen == "mermaid" else ""
        head = f"{mark}stage {one.title}\n" if one.stage else ""
        texts.append(head + (drawing.as_mermaid if chosen == "mermaid" else drawing.as_text)(one.graph, one.path))
    return f"{(chr(10) * 2).join(text.rstrip() for text in texts)}\n".encode()


async def _server(loaded: Orchestrator, name: str) -> "OrchestratorClient":
    """The server, if it has a workflow of that id."""
    there_are = ", ".join(sorted(loaded.graphs)) or "none"
    nothing = f"No graph named {name!r}; this application has: {there_are}"
    try:
        client = await connected()
        await client.describe(name)
    except NotFound:
        raise Refused(
            f"{nothing}. Nor is there a workflow of that id; `orchestrator list` shows what there is."
        ) from None
    except OrchestratorError as error:
        raise Refused(f"{nothing}; and whether it is a workflow cannot be seen: {error}") from error
    return client


async def _walks(client: "OrchestratorClient", loaded: Orchestrator, workflow_id: str) -> list[Walk]:
    """The stages of a workflow, from its history: no worker is needed."""
    walks: dict[str, Walk] = {}
    async for line in history(client, workflow_id, remark=show.remark):
        if line.kind == "pending":
            for walk in walks.values():
                if walk.stage == line.stage or (line.stage is None and walk.graph == line.graph):
                    walk.last, walk.nodes = "running", line.nodes or []
        elif line.kind in ("turn", "repair") and line.stage and line.graph in loaded.graphs:
            known = Walk(line.stage, str(line.graph), str(line.thread_id))
            walk = walks.setdefault(line.stage, known)
            walk.thread_id = line.thread_id or walk.thread_id
            walk.last = line.what if line.what in ENDED else walk.last
    return list(walks.values())


async def _drawn(loaded: Orchestrator, walk: Walk, stores: Checkpoints) -> Drawn:
    saved = await stores.of(walk.graph, walk.thread_id)
    graph = await _graph(loaded, walk.graph)
    path = path_of(saved, walk.nodes)
    return Drawn(f"{walk.stage}: {walk.last}", graph, replace(walk), path)


async def _graph(loaded: Orchestrator, name: str) -> "Graph":
    compiled: CompiledGraph = await compile_graph(loaded.definition(name), MemoryStore("memory://"))
    return compiled.graph.get_graph(xray=True)
