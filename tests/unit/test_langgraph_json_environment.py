import os

import pytest

from orchestrator import ConfigurationError
from tests.support.folders import GRAPH
from tests.unit.conftest import Loader

FILES = {"agent.py": GRAPH, "langgraph.json": {"graphs": {"agent": "./agent.py:graph"}, "env": ".env"}}
INLINE = {"graphs": {"agent": "./agent.py:graph"}, "env": {"GREETING": "hello"}}


def test_the_env_file_is_read_before_the_graphs_are_imported(load_folder: Loader) -> None:
    module = GRAPH + "\nimport os\nassert os.environ['GREETING'] == 'hello world'\n"
    load_folder(FILES | {"agent.py": module, ".env": "# a comment\nGREETING='hello world'\n"})
    assert os.environ["GREETING"] == "hello world"


def test_env_may_be_written_inline(load_folder: Loader) -> None:
    load_folder(FILES | {"langgraph.json": INLINE})
    assert os.environ["GREETING"] == "hello"


def test_what_the_real_environment_says_wins(load_folder: Loader) -> None:
    os.environ["GREETING"] = "from the shell"
    load_folder(FILES | {"langgraph.json": INLINE})
    assert os.environ["GREETING"] == "from the shell"


def test_an_env_file_that_does_not_exist_is_named(load_folder: Loader) -> None:
    with pytest.raises(ConfigurationError, match=r"environment file .*\.env, which does not exist"):
        load_folder(FILES)
