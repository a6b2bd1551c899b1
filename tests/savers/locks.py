"""Locks that somebody else holds in a database."""

import contextlib
from collections.abc import AsyncIterator

import aiosqlite
import psycopg


@contextlib.asynccontextmanager
async def locked(url: str, thread: str) -> AsyncIterator[None]:
    """A thread's lease, as by a worker that is taking it over; in SQLite the whole file."""
    if url.startswith("sqlite"):
        async with aiosqlite.connect(url.removeprefix("sqlite:///"), isolation_level=None) as file:
            await file.execute("BEGIN IMMEDIATE")
            yield
            await file.rollback()
        return
    async with await psycopg.AsyncConnection.connect(url) as conn:
        await conn.execute("SELECT 1 FROM orchestrator_leases WHERE thread_id = %s FOR UPDATE", (thread,))
        yield
        await conn.rollback()
