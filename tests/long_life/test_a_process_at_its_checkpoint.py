import asyncio

from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.workflow import Process
from tests.long_life.running import chain, latest, serving
from tests.support.graphs import EMPTY, says
from tests.support.graphs import chain as sequence
from tests.support.local import failure

ROUNDS = 12


@workflow.defn
class Rounds(Process):
    @workflow.run
    async def run(self, done: list[int]) -> list[int]:
        while len(done) < ROUNDS:
            await self.run_graph("hello", EMPTY)
            done = [*done, await self.wait_for("round")]
            await self.checkpoint(done)
        return done


@workflow.defn
class Careless(Process):
    @workflow.run
    async def run(self) -> None:
        never = asyncio.create_task(self.wait_for("never"))
        for _ in range(ROUNDS):
            await self.run_graph("hello", EMPTY)
        await self.checkpoint()
        await never


def application() -> Orchestrator:
    app = Orchestrator("tests")
    app.graph(sequence(says("hello")), name="hello")
    app.workflow(Rounds)
    app.workflow(Careless)
    return app


async def test_a_process_begins_a_new_history_with_its_state_and_loses_no_event(hasty: DevServer) -> None:
    client = await hasty.client()
    async with serving(client, application()) as local:
        handle = latest(client, await local.start("Rounds", []))
        for number in range(ROUNDS):
            await handle.signal("event", {"name": "round", "payload": number})
        assert await handle.result() == list(range(ROUNDS))
        assert len(await chain(client, handle)) > 1
        stages = (await handle.query("status"))["stages"]
        assert [stage["name"] for stage in stages] == ["hello", *(f"hello-{n}" for n in range(2, ROUNDS + 1))]
        assert len({stage["thread_id"] for stage in stages}) == ROUNDS


async def test_with_a_wait_still_open_it_is_refused_in_words(hasty: DevServer) -> None:
    async with serving(await hasty.client(), application()) as local:
        error = await failure(await local.start("Careless"))
        assert error.type == "NotAtRest"
        assert "while a stage, a question or a timer was open" in error.message
