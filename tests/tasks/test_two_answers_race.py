import asyncio
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, open_task, open_tasks, output, serving, submit
from tests.tasks.desk import asking, told, trail

PEOPLE = [f"person-{number}" for number in range(8)]


async def test_and_exactly_one_by_update_is_accepted() -> None:
    async with serving(ask=asking(), then=asking()) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        sent = [submit(handle, by=by, values=by, task_id=task["task_id"]) for by in PEOPLE]
        receipts = await asyncio.gather(*sent, return_exceptions=True)
        accepted = [by for by, receipt in zip(PEOPLE, receipts, strict=True) if isinstance(receipt, dict)]
        assert len(accepted) == 1, receipts
        answer: dict[str, Any] = (await output(handle))["log"][0]
        assert (answer["by"], answer["values"]) == (accepted[0], accepted[0])
        assert await told(handle, "decided") == [("decided", accepted[0], "update")]


async def test_and_exactly_one_by_signal_is_taken_and_the_others_are_audited() -> None:
    def asks_twice(_state: Log) -> Log:
        return {"log": [ask("First?").by, ask("Second?", payload="second").by]}

    async with serving(ask=chain(asks_twice)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        decision = {"action": "approve", "task_id": task["task_id"]}
        await asyncio.gather(*(handle.signal("decide", decision | {"by": by}) for by in PEOPLE[:2]))
        await audited(handle, "refused")
        await open_task(handle, "second")
        await submit(handle, by="carl")
        winner = (await output(handle))["log"][0]
        (loser,) = {*PEOPLE[:2]} - {winner}
        assert await told(handle, "decided", "refused") == [
            ("decided", winner, "signal"),
            ("refused", loser, "signal"),
            ("decided", "carl", "update"),
        ]


async def test_by_the_same_decision_id_and_all_are_told_that_it_counts() -> None:
    async with serving(ask=asking(quorum=2)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        sent = [submit(handle, decision_id="one") for _ in range(5)]
        receipts = [receipt["status"] for receipt in await asyncio.gather(*sent)]
        assert sorted(receipts) == ["duplicate"] * 4 + ["pending_quorum"]
        assert len([line for line in await trail(handle) if line["what"] == "decided"]) == 1
        with pytest.raises(WorkflowUpdateFailedError):
            await submit(handle, decision_id="two")
