from pathlib import Path

from orchestrator.client import OrchestratorClient
from tests.recovery.parking import parked
from tests.recovery.test_rewind import history, marks
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Local, failure, output, serving


def client_of(local: Local, checkpoints: str) -> OrchestratorClient:
    return OrchestratorClient(local.client, task_queue=local.queue, checkpoints=checkpoints)


async def test_a_finished_stage_goes_on_from_a_checkpoint_in_a_new_workflow_and_the_old_one_stays(
    tmp_path: Path, checkpoints: str
) -> None:
    graph = chain(marks(tmp_path, "one"), marks(tmp_path, "two"), marks(tmp_path, "three"))
    async with serving(checkpoints=checkpoints, work=graph) as local:
        handle = await local.graph("work", EMPTY)
        before = await handle.result()
        steps = await history(checkpoints, before["thread_id"])
        run = await client_of(local, checkpoints).fork(handle.id, checkpoint_id=steps[1], values={"log": ["amended"]})
        after = await local.client.get_workflow_handle(run.workflow_id).result()
        assert after["output"] == {"log": ["amended", "two", "three"]}
        assert after["thread_id"] != before["thread_id"]
        assert {name: (tmp_path / name).read_text() for name in ("one", "two", "three")} == {
            "one": "x",
            "two": "xx",
            "three": "xx",
        }
        assert await history(checkpoints, before["thread_id"]) == steps


async def test_a_parked_stage_is_forked_from_where_it_stands(tmp_path: Path, checkpoints: str) -> None:
    def breaks(_state: Log) -> Log:
        if not (tmp_path / "mended").exists():
            raise KeyError("not yet")
        return {"log": ["mended"]}

    async with serving(checkpoints=checkpoints, work=chain(marks(tmp_path, "one"), breaks)) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        (tmp_path / "mended").touch()
        run = await client_of(local, checkpoints).fork(handle.id)
        assert await output(local.client.get_workflow_handle(run.workflow_id)) == {"log": ["one", "mended"]}
        assert (tmp_path / "one").read_text() == "x"


async def test_of_a_thread_there_is_not_is_bad_input(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(marks(Path(), "never"))) as local:
        fork = {"thread_id": "gone", "checkpoint_id": "gone"}
        request = {"graph": "work", "fork": fork, "options": {"on_failure": "fail"}}
        error = await failure(await local.start("GraphRun", request))
        assert error.type == "BadInput"
        assert "Thread gone has no checkpoint gone" in error.message
