from typing import Any

from tests.support.failing import Bench
from tests.support.graphs import EMPTY
from tests.support.local import QUICK_RETRIES, audited, failure, output, refusal, serving, until

RETRY = {"action": "retry", "by": "op", "reason": "deployed a fix"}


async def test_goes_on_from_the_failed_node_when_it_is_retried() -> None:
    bench = Bench(KeyError("score"))
    async with serving(work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        status = await until(handle, lambda status: status["state"] == "parked")
        assert status["stages"][0]["error"].startswith("UserCodeError: Graph 'work', node 'broken' has a bug: KeyError")
        assert bench.ran == ["before", "broken"], "a bug is not retried"
        bench.mended = True
        after = await handle.execute_update("recover", RETRY)
        assert after["stages"][0]["name"] == "work"
        assert await output(handle) == {"log": ["before", "broken", "after"]}
        assert bench.ran == ["before", "broken", "broken", "after"]
        assert [entry["detail"]["reason"] for entry in await audited(handle, "recovered")] == ["deployed a fix"]
        assert len(await audited(handle, "parked")) == 1


async def test_parks_after_the_retries_of_an_outage_are_exhausted() -> None:
    bench = Bench(ConnectionError("away"))
    async with serving(work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY, options={"retry": QUICK_RETRIES})
        status = await until(handle, lambda status: status["state"] == "parked")
        assert status["stages"][0]["error"].startswith("Outage: ")
        assert bench.ran == ["before", "broken", "broken"]
        bench.mended = True
        await handle.execute_update("recover", RETRY | {"stage": "work"})
        assert await output(handle) == {"log": ["before", "broken", "after"]}


async def test_parks_again_if_it_fails_again() -> None:
    bench = Bench(KeyError("score"))
    async with serving(work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        await until(handle, lambda status: _parked(status) == 1)
        await handle.execute_update("recover", RETRY)
        await until(handle, lambda status: _parked(status) == 2)
        await handle.execute_update("recover", RETRY | {"action": "abort"})
        await failure(handle)


def _parked(status: dict[str, Any]) -> int:
    """The turn after which the stage parked; 0 while it is not."""
    return next((stage["attempt"] for stage in status["stages"] if stage["state"] == "parked"), 0)


async def test_fails_the_workflow_with_the_failures_name_when_it_is_aborted() -> None:
    bench = Bench(KeyError("score"))
    async with serving(work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        await until(handle, lambda status: status["state"] == "parked")
        await handle.execute_update("recover", {"action": "abort", "by": "op", "reason": "hopeless"})
        error = await failure(handle)
        assert error.type == "UserCodeError"
        assert "aborted by op (hopeless)" in error.message
        assert "KeyError" in error.message


async def test_is_needed_for_a_recovery() -> None:
    bench = Bench(KeyError("score"))
    async with serving(work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        await until(handle, lambda status: status["state"] == "parked")
        assert "'play' is not parked; parked are: work" in await refusal(handle, "recover", RETRY | {"stage": "play"})
        assert "reason" in await refusal(handle, "recover", {"action": "retry", "by": "op"})
        assert "by" in await refusal(handle, "recover", {"action": "retry", "reason": "why not"})
