"""Temporal says "Failure exceeds size limit." in place of a pending activity's failure of more than 4 KiB."""

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter

from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer
from orchestrator.failures import legible
from orchestrator.info import WorkflowInfo
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import QUICK_RETRIES
from tests.support.robust_serving import on_dev_server, until_failed


def failing(calls: int) -> None:
    """Fails under that many calls, each of which fails because of the one that it made."""
    if calls == 0:
        raise ValueError("the reply has no score: " + "<reply>" * 100)
    try:
        failing(calls - 1)
    except (ValueError, ConnectionError) as error:
        raise ConnectionError(f"the bureau is away, call {calls}") from error


def asks_the_bureau(_state: Log) -> Log:
    failing(30)
    return {"log": []}


async def test_is_shown_with_its_type_and_message(temporal: DevServer) -> None:
    retries = QUICK_RETRIES | {"maximum_attempts": 1000, "initial_interval": "PT30S", "maximum_interval": "PT30S"}
    async with on_dev_server(temporal, asks=chain(asks_the_bureau)) as local:
        handle = await local.graph("asks", EMPTY, options={"retry": retries})
        assert await until_failed(handle) == "Outage"
        described = await handle.describe()
        (activity,) = (await WorkflowInfo.of(described)).activities
        assert activity.last_failure is not None
        assert activity.last_failure.startswith(
            "Outage: Graph 'asks', node 'asks_the_bureau': a service failed: ConnectionError: the bureau"
        )
        (pending,) = described.raw_description.pending_activities
        assert "in asks_the_bureau" in pending.last_failure.cause.stack_trace
        await handle.terminate()


async def test_of_a_worker_that_sends_all_of_it_is_read_behind_the_servers_remark() -> None:
    failure = Failure(message="Failure exceeds size limit.")
    failure.server_failure_info.SetInParent()
    DefaultFailureConverter().to_failure(ConnectionError("bureau away"), PayloadConverter.default, failure.cause)
    assert (await legible(failure, DATA_CONVERTER)).message == "bureau away"
