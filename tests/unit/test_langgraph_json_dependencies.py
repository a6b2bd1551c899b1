import pytest

from orchestrator import ConfigurationError
from tests.support.folders import GRAPH
from tests.unit.conftest import Loader

USES = "from helping import WORD\n" + GRAPH


def test_local_dependencies_join_the_path(load_folder: Loader) -> None:
    app = load_folder(
        {
            "agents/agent.py": USES,
            "shared/helping.py": "WORD = 'help'\n",
            "langgraph.json": {"graphs": {"agent": "./agents/agent.py:graph"}, "dependencies": ["./shared"]},
        }
    )
    assert list(app.graphs) == ["agent"]


def test_a_dependency_with_a_src_folder_joins_by_that(load_folder: Loader) -> None:
    app = load_folder(
        {
            "agent.py": USES,
            "lib/src/helping/__init__.py": "WORD = 'help'\n",
            "langgraph.json": {"graphs": {"agent": "./agent.py:graph"}, "dependencies": ["./lib"]},
        }
    )
    assert list(app.graphs) == ["agent"]


def test_a_package_from_an_index_is_left_to_the_installation(load_folder: Loader) -> None:
    dependencies = ["langchain_openai", "."]
    app = load_folder(
        {
            "agent.py": GRAPH,
            "langgraph.json": {"graphs": {"agent": "./agent.py:graph"}, "dependencies": dependencies},
        }
    )
    assert list(app.graphs) == ["agent"]


def test_a_graph_may_be_named_by_its_module(load_folder: Loader) -> None:
    app = load_folder(
        {
            "src/company/agent.py": GRAPH,
            "langgraph.json": {"graphs": {"agent": "company.agent:graph"}, "dependencies": ["."]},
        }
    )
    assert list(app.graphs) == ["agent"]


def test_a_folder_that_is_not_there_is_named(load_folder: Loader) -> None:
    with pytest.raises(ConfigurationError, match=r"depends on '\./gone'.* is no folder"):
        load_folder({"langgraph.json": {"graphs": {"agent": "./agent.py:graph"}, "dependencies": ["./gone"]}})
