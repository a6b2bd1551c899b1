"""How many workflows there are in each state: what no worker knows by itself, so Temporal's visibility is asked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from orchestrator import names
from orchestrator.telemetry.measures import Measures
from orchestrator.telemetry.metrics import WORKFLOWS, WORKFLOWS_ASSIGNED, WORKFLOWS_OVERDUE, Metric
from orchestrator.wire import State

log = structlog.get_logger(__name__)

OPEN = "ExecutionStatus = 'Running'"
OPEN_STATES = [state for state in get_args(State) if state not in ("completed", "failed", "cancelled")]
TIMEOUT = timedelta(seconds=10)


@contextlib.asynccontextmanager
async def counted(client: Client, measures: Measures, every_seconds: float) -> AsyncIterator[None]:
    """Keep the gauges up to date while the block runs; at once, and then after each interval."""

    async def keep_counting() -> None:
        while True:
            try:
                await count(client, measures)
            except RPCError as error:  # visibility is down, or too old to count: the work goes on without
                log.warning("workflows could not be counted; their gauges keep what was last known", error=str(error))
            await asyncio.sleep(every_seconds)

    counting = asyncio.create_task(keep_counting(), name="count workflows")
    try:
        yield
    finally:
        counting.cancel()
        await asyncio.wait([counting])


async def count(client: Client, measures: Measures) -> None:
    """Ask once. (Visibility cannot group by a search attribute of ours: one query for each number.)

    Raises:
        RPCError: Visibility does not answer, or cannot count.
    """
    for state in OPEN_STATES:
        wanted = f"{OPEN} AND {names.ORCH_STATE} = '{state}'"
        await _show(client, measures, WORKFLOWS, wanted, state=state)
    await _show(client, measures, WORKFLOWS_ASSIGNED, f"{OPEN} AND {names.ORCH_ASSIGNEES} IS NOT NULL")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    await _show(client, measures, WORKFLOWS_OVERDUE, f"{OPEN} AND {names.ORCH_DUE_AT} < '{now}'")


async def _show(client: Client, measures: Measures, metric: Metric, query: str, **labels: str) -> None:
    found = await client.count_workflows(query, rpc_timeout=TIMEOUT)
    measures.show(metric, found.count, **labels)
