import asyncio
from typing import Any

import pytest

from tests.support.failing import Bench
from tests.support.graphs import EMPTY, Builder, Log, chain
from tests.support.local import QUICK_RETRIES, failure, serving

OPTIONS = {"on_failure": "fail", "retry": QUICK_RETRIES}


def opens_a_file(_state: Log) -> Log:
    return {"log": [asyncio.Lock()]}


def endless() -> Builder:
    builder = chain(lambda_node)
    builder.add_conditional_edges("lambda_node", lambda _state: "lambda_node")
    return builder


def lambda_node(_state: Log) -> Log:
    return {"log": [1]}


def writes_what_is_no_state(_state: Log) -> Any:
    return "words"


GRAPHS: dict[str, tuple[Any, str]] = {
    "a bug": (Bench(AttributeError("no score")).graph(), "UserCodeError"),
    "an outage": (Bench(ConnectionError("away")).graph(), "Outage"),
    "an unknown error": (Bench(RuntimeError("who knows")).graph(), "NodeFailed"),
    "a loop without end": (endless(), "RecursionLimit"),
    "an update that does not fit": (chain(writes_what_is_no_state), "InvalidUpdate"),
    "a value that cannot be stored": (chain(opens_a_file), "Unserialisable"),
}


@pytest.mark.parametrize(("graph", "kind"), GRAPHS.values(), ids=GRAPHS)
async def test_fails_the_workflow_with_the_named_failure_type(graph: Any, kind: str) -> None:
    async with serving(work=graph) as local:
        handle = await local.graph("work", EMPTY, options=OPTIONS | {"recursion_limit": 10})
        error = await failure(handle)
        assert error.type == kind
        assert error.message.startswith("Stage 'work' failed: ")
        assert "\n" not in error.message
