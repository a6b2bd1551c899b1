from pathlib import Path

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.history.standing import standing
from orchestrator.history.timeline import Checkpoints
from tests.support.inside import serving
from tests.support.resets import before_signal, reset
from tests.support.runs import answer, start


async def test_the_stage_of_a_reset_workflow_is_found_on_the_thread_that_it_goes_on_with(
    temporal: DevServer, tmp_path: Path
) -> None:
    client, url = await temporal.client(), f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with serving(client, "crash", tmp_path, url):
        handle = await start(client, "two_questions", task_queue=tmp_path.name)
        await answer(handle, "A", "first?")
        await answer(handle, "B", "second?")
        await handle.result()
        again = await reset(client, handle, await before_signal(handle))
        await answer(again, "C", "first?")
        await answer(again, "D", "second?")
        await again.result()
        reader = OrchestratorClient(client, task_queue=tmp_path.name, checkpoints=url)
        told = (await reader.status(handle.id)).stages
        async with Checkpoints(lambda _graph: url, lambda _text: None) as checkpoints:
            written = await standing(reader, await reader.describe(handle.id), checkpoints)
        known = {"thread_id", "state", "attempt", "steps", "checkpoint_id"}
        assert [one.info.model_dump(include=known) for one in written] == [
            one.model_dump(include=known) for one in told
        ]
        fork = await reader.fork(handle.id, by="eve")
        assert await reader.result(fork.workflow_id)
