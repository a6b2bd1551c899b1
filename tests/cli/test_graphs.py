import json
from pathlib import Path

import pytest

from orchestrator.errors import MissingExtra
from orchestrator.history.drawing import find_graphviz
from tests.cli.running import CommandLine, Ended

TRIAGE = """\
__start__
  --> look
look
  ..> examine
  ..> operate:cut
examine
  --> look
operate:cut
  --> __end__
__end__
"""


@pytest.fixture(scope="module")
def shown(orchestrator: CommandLine) -> dict[str, Ended]:
    commands = {
        "list": ("graph", "list", "--json"),
        "json": ("graph", "show", "triage", "--json"),
        "text": ("graph", "show", "triage"),
        "mermaid": ("graph", "show", "triage", "--format", "mermaid"),
        "png": ("graph", "show", "triage", "--output", "triage.png"),
        "unknown": ("graph", "show", "no-such-graph"),
        "unwritable": ("graph", "show", "double", "--output", "/nowhere/double.txt"),
    }
    return dict(zip(commands, orchestrator.each(*commands.values()), strict=True))


def test_graphs_are_listed_with_how_each_is_run(shown: dict[str, Ended]) -> None:
    listed = shown["list"].json
    assert {graph["name"] for graph in listed} >= {"double", "consent", "triage"}
    assert {graph["task_queue"] for graph in listed} == {"clinic"}
    assert listed[0]["options"]["durability"] == "sync"


def test_a_graph_is_drawn_as_text_with_its_subgraphs(shown: dict[str, Ended]) -> None:
    assert shown["text"].out == TRIAGE


def test_a_graph_is_told_as_nodes_and_edges(shown: dict[str, Ended]) -> None:
    graph = shown["json"].json
    assert set(graph["nodes"]) == {"__start__", "look", "operate:cut", "examine", "__end__"}
    assert {"source": "look", "target": "examine", "conditional": True, "label": None} in graph["edges"]


def test_a_graph_is_drawn_as_mermaid(shown: dict[str, Ended]) -> None:
    drawn = shown["mermaid"].out
    assert "graph TD;" in drawn
    assert "look -.-> examine;" in drawn


def test_a_graph_is_drawn_as_png_without_the_network(shown: dict[str, Ended], orchestrator: CommandLine) -> None:
    done = shown["png"]
    assert (done.status, done.out) == (0, "wrote triage.png\n")
    assert (orchestrator.folder / "triage.png").read_bytes().startswith(b"\x89PNG")


def test_of_a_workflow_the_path_is_drawn(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("triage", new_id, {"dose": 1}, until="completed")
    text, mermaid, told, png = clinic.each(
        ("graph", "show", new_id),
        ("graph", "show", new_id, "--format", "mermaid"),
        ("graph", "show", new_id, "--json"),
        ("graph", "show", new_id, "--output", f"{new_id}.png"),
    )
    assert "stage triage: completed\n" in text.out
    assert "\nlook  1\N{MULTIPLICATION SIGN}\n" in text.out
    assert "\nexamine\n" in text.out  # was not visited
    assert '["operate:cut 1\N{MULTIPLICATION SIGN}"]:::visited' in mermaid.out
    assert '["examine"]\n' in mermaid.out
    (stage,) = told.json
    assert (stage["stage"], stage["last"], stage["standing"]) == ("triage", "completed", {})
    assert stage["visits"]["look"] == stage["visits"]["operate:cut"] == 1
    assert png.status == 0, png
    assert (clinic.folder / f"{new_id}.png").read_bytes().startswith(b"\x89PNG")


def test_the_node_that_failed_or_waits_is_marked(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("scan", f"{new_id}-1", {}, until="parked")
    clinic.begin("consent", f"{new_id}-2", {"name": "Ada"}, until="waiting")
    failed, waiting, unknown = clinic.each(
        ("graph", "show", f"{new_id}-1"),
        ("graph", "show", f"{new_id}-2", "--format", "mermaid"),
        ("graph", "show", f"{new_id}-2", "--stage", "nothing"),
    )
    assert "scan  failed\n" in failed.out
    assert '["consent waiting"]:::waiting' in waiting.out
    assert "has no stage 'nothing'; it has: consent" in unknown.refused()


def test_what_cannot_be_drawn_or_written_is_refused(shown: dict[str, Ended]) -> None:
    assert "No graph named 'no-such-graph'" in shown["unknown"].refused()
    assert "/nowhere/double.txt cannot be written" in shown["unwritable"].refused(2)


def test_without_graphviz_the_extra_is_named() -> None:
    with pytest.raises(MissingExtra, match=r"hybrid-orchestrator\[png\]"):
        find_graphviz(path="/nowhere")


def test_what_an_application_prints_or_leaves_unserved_stands_beside_the_result(
    orchestrator: CommandLine, tmp_path: Path
) -> None:
    config = {"graphs": {"triage": "./noisy.py:triage"}, "dependencies": ["."], "http": {"app": "web:app"}}
    (tmp_path / "langgraph.json").write_text(json.dumps(config))
    (tmp_path / "noisy.py").write_text("print('I am loaded')\nfrom clinic import triage as triage\n")
    done = orchestrator.but(tmp_path, ORCHESTRATOR_APP=None)("graph", "list", "--json")
    assert [(graph["name"], graph["task_queue"]) for graph in done.json] == [("triage", "orchestrator")]
    assert "I am loaded" in done.err
    assert "not served here" in done.err
    assert "http" in done.err
