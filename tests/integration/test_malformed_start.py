from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.support.graphs import EMPTY, chain, says
from tests.support.local import failure, serving

GOOD = {"graph": "hello", "input": EMPTY}
BYTES = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b'{"graph": \xff'))

MALFORMED: dict[str, tuple[tuple[Any, ...], str]] = {
    "nothing": ((None,), "GraphRunInput must be a JSON object"),
    "text": (("hello",), "GraphRunInput must be a JSON object, not a string"),
    "a list": (([GOOD],), "GraphRunInput must be a JSON object, not an array"),
    "bytes that are no JSON": ((BYTES,), "cannot be decoded"),
    "no graph": (({"input": EMPTY},), "graph: Field required"),
    "an unknown field": ((GOOD | {"inptu": {}},), "inptu: Extra inputs are not permitted"),
    "an unknown graph": ((GOOD | {"graph": "helo"},), "No graph named 'helo'; this worker has: hello."),
    "an unknown option": ((GOOD | {"options": {"recursion_limt": 1}},), "recursion_limt"),
    "an unknown option of the retries": ((GOOD | {"options": {"retry": {"attempts": 1}}},), "attempts"),
    "an option of a wrong type": ((GOOD | {"options": {"heartbeat_timeout": "soon"}},), "heartbeat_timeout"),
    "options that make no sense": ((GOOD | {"options": {"heartbeat_timeout": "P9D"}},), "heartbeat_timeout"),
    "options that never park": ((GOOD | {"options": {"retry": {"maximum_attempts": 0}}},), "never park"),
    "an input and a reference": (
        (GOOD | {"input_ref": {"store": "s", "key": "k", "size_bytes": 1}},),
        "one of input, input_ref and fork",
    ),
    "a context that is no object": ((GOOD | {"context": "x"},), "context"),
    "no argument": ((), "GraphRun takes request; it was started with 0 arguments"),
    "two arguments": ((GOOD, GOOD), "argument"),
    "three arguments": (("hello", EMPTY, None), "argument"),
}


@pytest.mark.parametrize(("arguments", "words"), MALFORMED.values(), ids=MALFORMED)
async def test_input_fails_the_workflow_at_once_as_bad_input(arguments: tuple[Any, ...], words: str) -> None:
    async with serving(hello=chain(says("hello"))) as local:
        error = await failure(await local.start("GraphRun", *arguments))
        assert error.type == "BadInput"
        assert words in error.message
        assert "\n" not in error.message


STATES: dict[str, Any] = {"nothing": None, "text": "words", "a number": 5}


@pytest.mark.parametrize("value", STATES.values(), ids=STATES)
async def test_input_that_does_not_fit_the_graph_is_said_to_be_wrong_and_not_the_graph(value: Any) -> None:
    async with serving(hello=chain(says("hello"))) as local:
        handle = await local.graph("hello", value, options={"on_failure": "fail"})
        error = await failure(handle)
        assert error.type == "BadInput"
        assert "Graph 'hello': " in error.message
        assert "it takes an object with log" in error.message
