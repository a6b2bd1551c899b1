from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import QUICK_RETRIES, audited, decide, open_tasks
from tests.support.robust_rows import back_up, connection, restore
from tests.support.robust_serving import RETRY, log_of, on_dev_server, parked
from tests.support.stores import SERDE


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


def with_a_newer_layout(database: Any) -> None:
    rows = database.execute("SELECT checkpoint_id, type, checkpoint FROM checkpoints").fetchall()
    for checkpoint_id, kind, data in rows:
        newer = SERDE.dumps_typed(SERDE.loads_typed((kind, data)) | {"v": 99})
        change = "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE checkpoint_id = ?"
        database.execute(change, (*newer, checkpoint_id))


def with_a_newer_serialisation(database: Any) -> None:
    database.execute("UPDATE checkpoints SET type = 'msgpack9'")


def with_bytes_that_nothing_reads(database: Any) -> None:
    database.execute("UPDATE checkpoints SET checkpoint = x'c1c1c1'")


CHANGES = {
    "its layout": (with_a_newer_layout, "99"),
    "its serialisation": (with_a_newer_serialisation, "msgpack9"),
    "its bytes": (with_bytes_that_nothing_reads, ""),
}


async def test_parks_the_stage_on_postgresql_too(temporal: DevServer, postgres: str) -> None:
    async with on_dev_server(temporal, postgres, ask=chain(says("before"), asks)) as local:
        handle = await local.graph("ask", EMPTY, options={"retry": QUICK_RETRIES})
        await open_tasks(handle)
        with psycopg.connect(postgres) as database:
            database.execute("UPDATE checkpoints SET checkpoint = jsonb_set(checkpoint, '{v}', '99')")
        await decide(handle, values="yes")
        assert (await parked(handle)).startswith("CheckpointUnreadable: ")
        with psycopg.connect(postgres) as database:
            database.execute("UPDATE checkpoints SET checkpoint = jsonb_set(checkpoint, '{v}', '4')")
        await handle.execute_update("recover", RETRY)
        assert await log_of(handle) == ["before", "yes"]


@pytest.mark.parametrize(("change", "word"), CHANGES.values(), ids=CHANGES)
async def test_parks_the_stage_and_says_what_cannot_be_read(
    temporal: DevServer, tmp_path: Path, change: Callable[[Any], None], word: str
) -> None:
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with on_dev_server(temporal, url, ask=chain(says("before"), asks)) as local:
        handle = await local.graph("ask", EMPTY, options={"retry": QUICK_RETRIES})
        await open_tasks(handle)
        back_up(url)
        with connection(url) as database:
            change(database)
        await decide(handle, values="yes")
        error = await parked(handle)
        assert error.startswith("CheckpointUnreadable: ")
        assert word in error
        pending = [entry["detail"]["reason"] for entry in await audited(handle, "parked")]
        assert pending == [error]

        restore(url)
        await handle.execute_update("recover", RETRY)
        assert await log_of(handle) == ["before", "yes"]
