from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, decide, open_task
from tests.support.robust_rows import back_up, lose, restore
from tests.support.robust_serving import RETRY, after_turn, log_of, on_dev_server, parked
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


class Work:
    """Notes, asks twice in one node, and once in another."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def before(self, _state: Log) -> Log:
        self.ran.append("before")
        return {"log": ["before"]}

    def asks_twice(self, _state: Log) -> Log:
        return {"log": [interrupt("first?"), interrupt("second?")]}

    def between(self, _state: Log) -> Log:
        self.ran.append("between")
        return {"log": ["between"]}

    def asks_once(self, _state: Log) -> Log:
        return {"log": [interrupt("third?")]}


async def answered(handle: Handle, payload: str, value: str) -> None:
    task = await open_task(handle, payload)
    await decide(handle, task_id=task["task_id"], values=value)


async def test_parks_the_stage_and_starts_nothing_again(temporal: DevServer, checkpoints: str) -> None:
    work = Work()
    graph = chain(work.before, work.asks_twice, work.between, work.asks_once)
    async with on_dev_server(temporal, checkpoints, work=graph) as local:
        handle = await local.graph("work", EMPTY)
        await open_task(handle, "first?")
        back_up(checkpoints)
        lose(checkpoints)
        await decide(handle, values="A")
        error = await parked(handle)
        assert error.startswith("ThreadLost: Stage 'work': ")
        assert "Restore the database" in error
        assert work.ran == ["before"]

        restore(checkpoints)
        await handle.execute_update("recover", RETRY)
        await answered(handle, "second?", "B")
        await answered(handle, "third?", "C")
        assert await log_of(handle) == ["before", "A", "B", "between", "C"]
        assert work.ran == ["before", "between"]


async def test_in_part_because_an_older_backup_was_restored_parks_and_mixes_up_no_answers(
    temporal: DevServer, checkpoints: str
) -> None:
    """The backup knows the first question of a node; the answer is to its second one."""
    work = Work()
    async with on_dev_server(temporal, checkpoints, work=chain(work.before, work.asks_twice)) as local:
        handle = await local.graph("work", EMPTY)
        await open_task(handle, "first?")
        back_up(checkpoints)
        await answered(handle, "first?", "A")
        await open_task(handle, "second?")
        restore(checkpoints)
        await decide(handle, values="B")
        stage = await after_turn(handle, 3)
        assert stage["state"] == "parked"
        assert stage["error"].startswith("ThreadLost: ")


async def test_in_part_so_that_finished_nodes_would_run_again_parks(temporal: DevServer, checkpoints: str) -> None:
    """The backup stands at a node before the one that waits."""
    work = Work()
    graph = chain(work.before, work.asks_twice, work.between, work.asks_once)
    async with on_dev_server(temporal, checkpoints, work=graph) as local:
        handle = await local.graph("work", EMPTY)
        await open_task(handle, "first?")
        back_up(checkpoints)
        await answered(handle, "first?", "A")
        await answered(handle, "second?", "B")
        await open_task(handle, "third?")
        restore(checkpoints)
        await decide(handle, values="C")
        stage = await after_turn(handle, 4)
        assert stage["state"] == "parked"
        assert stage["error"].startswith("ThreadLost: ")
        assert work.ran == ["before", "between"]
