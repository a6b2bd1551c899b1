from langchain_core.runnables import RunnableConfig

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import failure, serving


def shows(_state: Log, config: RunnableConfig) -> Log:
    return {"log": [config["configurable"]["tenant"]]}


async def test_values_of_ones_own_cannot_be_given_and_a_node_that_needs_them_fails() -> None:
    async with serving(graph=chain(shows)) as local:
        error = await failure(await local.graph("graph", EMPTY, options={"on_failure": "fail"}))
    assert error.type == "UserCodeError"
    assert "tenant" in error.message
