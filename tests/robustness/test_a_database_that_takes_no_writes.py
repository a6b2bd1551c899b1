from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from langchain_core.runnables import RunnableConfig

from orchestrator.checkpoints.sqlite_thread import SqliteThread
from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import QUICK_RETRIES, audited
from tests.support.robust_gate import Gate
from tests.support.robust_serving import RETRY, log_of, on_dev_server, parked, reached, until_failed


class Trouble(NamedTuple):
    begins: str
    ends: str
    says: str


TROUBLES = {
    "a full disk": Trouble("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "database or disk is full"),
    "a read-only file": Trouble("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "readonly database"),
}


@dataclass
class Inside(Gate):
    """A gate inside a stage, from where its database can be reached."""

    writer: SqliteThread | None = None

    async def reaches(self, state: Log, config: RunnableConfig) -> Log:
        self.writer = config["configurable"]["__pregel_checkpointer"].inner.store.writer
        return await self.gated(state)

    async def execute(self, statement: str) -> None:
        assert self.writer is not None
        await self.writer.rows(statement)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_parks_the_stage_under_a_name_and_goes_on_once_it_is_mended(
    temporal: DevServer, tmp_path: Path, trouble: Trouble
) -> None:
    gate = Inside("x" * 100_000)
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with on_dev_server(temporal, url, work=chain(says("before"), gate.reaches, says("after"))) as local:
        handle = await local.graph("work", EMPTY, options={"retry": QUICK_RETRIES})
        await reached(gate.entered)
        await gate.execute(trouble.begins)
        gate.opened.set()
        error = await parked(handle)
        assert error.startswith("StoreUnavailable: ")
        assert trouble.says in error
        assert str(tmp_path) in error, "it says which database"
        assert len(await audited(handle, "parked")) == 1
        await gate.execute(trouble.ends)
        await handle.execute_update("recover", RETRY)
        assert await log_of(handle) == ["before", gate.word, "after"]
    assert 2 <= gate.begun <= 4, "once per attempt that got that far, and once more when it was mended"


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_that_is_mended_before_the_retries_are_exhausted_needs_no_operator(
    temporal: DevServer, tmp_path: Path, trouble: Trouble
) -> None:
    gate = Inside("x" * 100_000)
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with on_dev_server(temporal, url, work=chain(gate.reaches)) as local:
        handle = await local.graph("work", EMPTY, options={"retry": QUICK_RETRIES | {"maximum_attempts": 100}})
        await reached(gate.entered)
        await gate.execute(trouble.begins)
        gate.opened.set()
        await until_failed(handle, 2)
        await gate.execute(trouble.ends)
        assert await log_of(handle) == [gate.word]
        assert await audited(handle, "parked") == []
