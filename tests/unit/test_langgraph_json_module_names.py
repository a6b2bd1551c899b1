"""A checkpoint names the types in it by their modules, so each process must give a module the same name."""

import sys
from pathlib import Path

import pytest

from orchestrator import Orchestrator
from tests.support.folders import GRAPH
from tests.unit.conftest import Loader


def module_of(app: Orchestrator) -> str:
    source = app.definition("agent").source
    schema: type = source.state_schema  # type: ignore[union-attr] # it is a StateGraph
    return schema.__module__


def test_a_module_beside_the_file_has_its_own_name(load_folder: Loader) -> None:
    app = load_folder({"agent.py": GRAPH, "langgraph.json": {"graphs": {"agent": "./agent.py:graph"}}})
    assert module_of(app) == "agent"


SRC = {"src/team/agent.py": GRAPH, "langgraph.json": {"graphs": {"agent": "./src/team/agent.py:graph"}}}


def test_a_module_in_a_folder_has_the_folder_in_its_name(load_folder: Loader) -> None:
    graphs = {"graphs": {"agent": "./team/agent.py:graph"}}
    assert module_of(load_folder({"team/agent.py": GRAPH, "langgraph.json": graphs})) == "team.agent"


@pytest.mark.parametrize("path", [[], ["."], ["src"], ["src", "."]], ids=str)
def test_the_name_does_not_depend_on_where_the_worker_was_started(
    load_folder: Loader, tmp_path: Path, path: list[str]
) -> None:
    sys.path[:0] = [str((tmp_path / folder).resolve()) for folder in path]  # as `python -m` or PYTHONPATH put them
    assert module_of(load_folder(SRC)) == "team.agent"


def test_a_module_that_another_one_imports_is_the_same_module(load_folder: Loader) -> None:
    graphs = {"agent": "./src/team/agent.py:graph", "again": "./src/team/again.py:graph"}
    app = load_folder(
        SRC | {"src/team/again.py": "from team.agent import graph\n", "langgraph.json": {"graphs": graphs}}
    )
    assert app.definition("again").source is app.definition("agent").source


def test_a_file_that_no_import_could_name_has_the_name_of_the_file(load_folder: Loader) -> None:
    app = load_folder({"my-agent.py": GRAPH, "langgraph.json": {"graphs": {"agent": "./my-agent.py:graph"}}})
    assert module_of(app) == "my-agent"


def test_types_of_the_module_may_stand_in_the_state(load_folder: Loader) -> None:
    app = load_folder({"agent.py": GRAPH, "langgraph.json": {"graphs": {"agent": "./agent.py:graph"}}})
    assert "agent" in app.definition("agent").packages
