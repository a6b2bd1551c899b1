from langgraph.func import entrypoint, task
from langgraph.types import interrupt

from orchestrator import Orchestrator
from tests.support.local import decide, open_tasks, output, serving

ran: list[str] = []


@task
def shout(word: str) -> str:
    ran.append(word)
    return word.upper()


@entrypoint()
def greet(name: str) -> dict[str, str]:
    shouted = shout(name).result()
    return {"greeting": f"{interrupt('Which greeting?')} {shouted}"}


async def test_runs_as_a_graph_and_its_finished_tasks_are_not_run_again_after_an_answer() -> None:
    ran.clear()
    async with serving(greet=greet) as local:
        handle = await local.graph("greet", "ann")
        await open_tasks(handle)
        await decide(handle, values="hello")
        assert await output(handle) == {"greeting": "hello ANN"}
    assert ran == ["ann"]


async def test_registers_under_its_own_name() -> None:
    app = Orchestrator("tests")
    app.graph(greet)
    assert list(app.graphs) == ["greet"]
