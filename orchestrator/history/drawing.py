"""A graph as text, as Mermaid, and as PNG through Graphviz: as it is, or with the path that a stage has taken."""

import asyncio
import shutil
import sysconfig
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.history.path import Path

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Edge, Graph, Node

Format = Literal["text", "mermaid", "png"]

GRAPHVIZ = ("dot", "graphviz-pure")
"""Executables that draw: Graphviz's own, and the one in the wheel of the `png` extra. Both work offline."""
ENDS = ("__start__", "__end__")
COLOURS = {
    "visited": "#c9ead3",
    "running": "#a9cdfa",
    "waiting": "#ffe08a",
    "failed": "#f5a3a0",
    "next": "#e3defc",
}
"""Of the nodes of a path; any other is as light as the graph's own."""
UNTRODDEN = Path()


def as_text(graph: "Graph", path: Path = UNTRODDEN) -> str:
    """Each node with where it leads: `-->` always, `..>` on a condition. A subgraph's nodes are `subgraph:node`."""
    lines = []
    for node in _in_order(graph):
        lines.append("  ".join(filter(None, (node.id, path.note(node.id)))))
        for edge in _edges_from(graph, node.id):
            arrow = "..>" if edge.conditional else "-->"
            label = f"  ({edge.data})" if edge.data and edge.data != edge.target else ""
            lines.append(f"  {arrow} {edge.target}{label}")
    return "\n".join(lines)


def as_mermaid(graph: "Graph", path: Path = UNTRODDEN) -> str:
    """As LangGraph writes it; with a path, in our own way: its notes have to stand in the nodes."""
    if path == UNTRODDEN:
        return graph.draw_mermaid()
    ids = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart TD"]
    for node, short in ids.items():
        note = path.note(node)
        lines.append(f"  {short}[{_label(node + (f' {note}' if note else ''))}]{_class(path.colour(node))}")
    for edge in graph.edges:
        arrow = "-.->" if edge.conditional else "-->"
        label = f"|{_label(str(edge.data))}|" if edge.data else ""
        lines.append(f"  {ids[edge.source]} {arrow}{label} {ids[edge.target]}")
    lines += [f"  classDef {name} fill:{colour},stroke:#555" for name, colour in COLOURS.items()]
    return "\n".join(lines)


def as_dot(graph: "Graph", title: str, path: Path = UNTRODDEN) -> str:
    """In Graphviz's language; subgraphs are boxes."""
    lines = [
        f"digraph {_quoted(title)} {{",
        'node [shape=box style="rounded,filled" fillcolor="#f2f0ff" fontname="Helvetica"];',
        'edge [fontname="Helvetica" fontsize=10];',
        *([f"label={_quoted(title)}; labelloc=t; fontname=Helvetica;"] if path != UNTRODDEN else []),
        *_clusters(sorted(graph.nodes.values(), key=lambda node: node.id.split(":")[:-1]), 0, path),
    ]
    for edge in graph.edges:
        attributes = (["style=dashed"] if edge.conditional else []) + (
            [f"label={_quoted(edge.data)}"] if edge.data else []
        )
        lines.append(f"{_quoted(edge.source)} -> {_quoted(edge.target)} [{' '.join(attributes)}];")
    return "\n".join([*lines, "}"])


async def as_png(graph: "Graph", title: str, executable: str | None = None, path: Path = UNTRODDEN) -> bytes:
    """A picture.

    Raises:
        MissingExtra: There is no Graphviz. *Not retryable.*
        ConfigurationError: It could not draw the graph. *Not retryable.*
    """
    process = await asyncio.create_subprocess_exec(
        executable or find_graphviz(),
        "-Tpng",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    picture, complaint = await process.communicate(as_dot(graph, title, path).encode())
    if process.returncode != 0:
        raise ConfigurationError(f"Graphviz could not draw {title!r}: {complaint.decode(errors='replace').strip()}")
    return picture


def find_graphviz(path: str | None = None) -> str:
    """The executable that draws.

    Args:
        path: Where to look; None: the PATH, and beside this Python.

    Raises:
        MissingExtra: There is none. *Not retryable.*
    """
    for name in GRAPHVIZ:
        found = shutil.which(name, path=path) or (
            shutil.which(name, path=sysconfig.get_path("scripts")) if path is None else None
        )
        if found:
            return found
    raise MissingExtra("Drawing a PNG without Graphviz (`dot`) on the PATH", "png")


def _in_order(graph: "Graph") -> "Iterator[Node]":
    """From the start, depth first; then whatever cannot be reached by edges alone (the goals of a `Command`)."""
    left = dict(graph.nodes)
    waiting = ["__start__", *graph.nodes]
    while waiting:
        node = left.pop(waiting.pop(0), None)
        if node is None:
            continue
        if node.id == "__end__" and left:
            left[node.id] = node
            waiting.append(node.id)
            continue
        yield node
        waiting = [*(edge.target for edge in _edges_from(graph, node.id)), *waiting]


def _edges_from(graph: "Graph", node_id: str) -> "list[Edge]":
    return [edge for edge in graph.edges if edge.source == node_id]


def _clusters(nodes: "Iterable[Node]", depth: int, path: Path) -> Iterator[str]:
    """The nodes, those of each subgraph in a box of its own."""

    def box(node: "Node") -> str:
        boxes = node.id.split(":")[:-1]
        return boxes[depth] if len(boxes) > depth else ""

    for name, inside in groupby(nodes, key=box):
        members = list(inside)
        if name:
            whole = ":".join(members[0].id.split(":")[: depth + 1])
            yield f"subgraph {_quoted('cluster_' + whole)} {{ label={_quoted(name)}; fontname=Helvetica;"
            yield from _clusters(members, depth + 1, path)
            yield "}"
            continue
        for node in members:
            shape = " shape=oval" if node.id in ENDS else ""
            note, colour = path.note(node.id), path.colour(node.id)
            fill = f" fillcolor={_quoted(COLOURS[colour])}" if colour else ""
            label = node.id.rpartition(":")[2] + (f"\n{note}" if note else "")
            yield f"{_quoted(node.id)} [label={_quoted(label)}{shape}{fill}];"


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _label(text: str) -> str:
    """A text in Mermaid, where quotes and brackets would end it."""
    return '"' + text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;") + '"'


def _class(name: str | None) -> str:
    return f":::{name}" if name else ""
