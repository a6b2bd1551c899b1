from typing import Any

import pytest
from langgraph.graph import END

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.robust_serving import RETRY, log_of, on_dev_server, parked


class Router:
    """Where to go after the first node."""

    def __init__(self, wrong: Any) -> None:
        self.wrong = wrong
        self.mended = False

    def __call__(self, _state: Log) -> Any:
        if self.mended:
            return END
        if isinstance(self.wrong, Exception):
            raise self.wrong
        return self.wrong


class AsyncRouter(Router):
    """The same, on the event loop."""

    async def __call__(self, state: Log) -> Any:
        return super().__call__(state)


WRONG = {
    "raises": (Router(KeyError("score")), "score"),
    "raises on the event loop": (AsyncRouter(KeyError("score")), "score"),
    "names nothing": (Router(None), ""),
}


@pytest.mark.parametrize(("router", "word"), WRONG.values(), ids=WRONG)
async def test_parks_the_stage_and_goes_on_once_it_is_mended(temporal: DevServer, router: Router, word: str) -> None:
    router.mended = False
    graph = chain(says("before"), says("decides"))
    graph.add_conditional_edges("decides", router)
    async with on_dev_server(temporal, work=graph) as local:
        handle = await local.graph("work", EMPTY, options={"retry": {"maximum_attempts": 1}})
        error = await parked(handle)
        assert word in error
        assert "\n" not in error
        router.mended = True
        await handle.execute_update("recover", RETRY)
        assert await log_of(handle) == ["before", "decides"]
