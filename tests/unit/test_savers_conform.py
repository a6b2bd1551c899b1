"""LangGraph's conformance kit, on each saver as the store wraps it, with a lease held."""

from collections.abc import AsyncGenerator
from pathlib import Path

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import ALL_CAPABILITIES
from langgraph.checkpoint.conformance.report import CapabilityReport

from tests.support.stores import acquired, lease, stores

REQUIRED = {"put", "put_writes", "get_tuple", "list", "delete_thread"}
OPTIONAL = {"copy_thread", "delete_for_runs", "prune"}
OFFERED: dict[str, set[str]] = {
    "memory": set(),
    "sqlite": set(),
    "postgresql": {"prune"},
    "redis": set(),
    "dynamodb": set(),
}
"""Of the optional capabilities, those that LangGraph's own savers have: copy_thread and delete_for_runs are nowhere."""


async def report_on(url: str) -> CapabilityReport:
    @checkpointer_test(name=url)
    async def savers() -> AsyncGenerator[BaseCheckpointSaver[str], None]:
        async with stores(url) as (store,):
            yield await acquired(store, lease())

    return await validate(savers)


def check(report: CapabilityReport, offered: set[str]) -> None:
    failures = [failure for result in report.results.values() for failure in result.failures]
    assert not failures
    assert {name for name, result in report.results.items() if result.passed} == REQUIRED | offered


async def test_in_memory() -> None:
    check(await report_on("memory://"), OFFERED["memory"])


async def test_on_sqlite(tmp_path: Path) -> None:
    check(await report_on(f"sqlite:///{tmp_path / 'checkpoints.db'}"), OFFERED["sqlite"])


async def test_on_postgresql(postgres: str) -> None:
    check(await report_on(postgres), OFFERED["postgresql"])


async def test_on_redis(redis: str) -> None:
    check(await report_on(redis), OFFERED["redis"])


async def test_on_dynamodb(dynamodb: str) -> None:
    check(await report_on(dynamodb), OFFERED["dynamodb"])


def test_the_kit_knows_of_no_capability_that_is_not_in_these_tables() -> None:
    assert {capability.value for capability in ALL_CAPABILITIES} == REQUIRED | OPTIONAL
