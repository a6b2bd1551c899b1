from structlog.testing import capture_logs

from tests.support.folders import GRAPH
from tests.unit.conftest import Loader

CONFIG = {"graphs": {"agent": "./agent.py:graph"}, "dependencies": ["."], "env": {}}


def test_keys_that_are_not_served_are_named_in_the_log(load_folder: Loader) -> None:
    config = CONFIG | {"http": {"app": "./web.py:app"}, "auth": {"path": "./auth.py:auth"}}
    with capture_logs() as logs:
        load_folder({"agent.py": GRAPH, "langgraph.json": config})
    assert [(line["log_level"], line["keys"]) for line in logs if "keys" in line] == [("warning", ["auth", "http"])]


def test_a_file_with_nothing_else_is_loaded_without_a_word(load_folder: Loader) -> None:
    with capture_logs() as logs:
        load_folder({"agent.py": GRAPH, "langgraph.json": CONFIG})
    assert logs == []


def test_a_key_of_one_graph_that_is_not_served_is_named_as_well(load_folder: Loader) -> None:
    graphs = {"agent": {"path": "./agent.py:graph", "description": "Helps.", "cron": "daily"}}
    with capture_logs() as logs:
        app = load_folder({"agent.py": GRAPH, "langgraph.json": {"graphs": graphs}})
    assert list(app.graphs) == ["agent"]
    assert any("cron" in str(line) for line in logs)
