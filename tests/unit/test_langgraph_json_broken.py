from typing import Any

import pytest

from orchestrator import ConfigurationError
from tests.support.folders import GRAPH
from tests.unit.conftest import Loader


def names(graph: Any, module: Any = GRAPH) -> dict[str, Any]:
    return {"agent.py": module, "langgraph.json": {"graphs": {"agent": graph}}}


RAISES_LINES = "from pydantic import BaseModel\n\nclass Key(BaseModel):\n    key: str\n\nKey()\n"

BROKEN = {
    "no file": ({}, r"langgraph\.json cannot be read: No such file"),
    "not JSON": ({"langgraph.json": '{"graphs": {},\n}'}, ": not JSON: "),
    "no object": ({"langgraph.json": []}, "langgraph.json"),
    "bytes that are no text": ({"langgraph.json": b'{"graphs": {"\xff": "x"}}'}, "langgraph.json"),
    "no graphs": ({"langgraph.json": {"dependencies": ["."]}}, "graphs: it is missing"),
    "a graph of a wrong type": (names(5), "graphs.agent"),
    "a graph without a path": (names({"description": "none"}), "'agent' has no path"),
    "no variable": (names("./agent.py"), r"'./agent\.py' is not of the form './module\.py:variable'"),
    "a module that is not there": (names("./gone.py:graph"), "gone.py does not exist"),
    "a package that is not there": (names("gone.agent:graph"), "No module named 'gone'"),
    "a variable that is not there": (names("./agent.py:grpah"), "has no 'grpah'"),
    "a module with a syntax error": (names("./agent.py:graph", "def ("), "raised SyntaxError"),
    "a module that raises": (
        names("./agent.py:graph", "1 / 0"),
        "raised ZeroDivisionError at .*agent.py:1: division by zero",
    ),
    "a module that raises many lines": (names("./agent.py:graph", RAISES_LINES), "raised ValidationError"),
}


@pytest.mark.parametrize(("files", "words"), BROKEN.values(), ids=BROKEN)
def test_is_one_line_that_says_what_and_where(load_folder: Loader, files: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        load_folder(files)
    assert "\n" not in str(caught.value)
