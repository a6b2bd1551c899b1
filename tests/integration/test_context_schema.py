from dataclasses import dataclass

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, failure, open_tasks, output, serving


@dataclass
class Tenant:
    name: str
    limit: int = 3


def shows(_state: Log, runtime: Runtime[Tenant]) -> Log:
    interrupt("go on?")
    return {"log": [type(runtime.context).__name__, runtime.context.name, runtime.context.limit]}


async def test_the_context_of_a_run_reaches_its_nodes_as_its_type_before_a_wait_and_after() -> None:
    async with serving(shows=chain(shows, context=Tenant)) as local:
        handle = await local.graph("shows", EMPTY, context={"name": "acme"})
        await open_tasks(handle)
        await decide(handle)
        assert await output(handle) == {"log": ["Tenant", "acme", 3]}


async def test_a_context_that_does_not_fit_is_bad_input() -> None:
    async with serving(shows=chain(shows, context=Tenant)) as local:
        handle = await local.graph("shows", EMPTY, context={"nmae": "acme"}, options={"on_failure": "fail"})
        error = await failure(handle)
        assert error.type == "BadInput"
        assert "nmae" in error.message
