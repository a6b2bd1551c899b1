from typing import Any

import pytest

from orchestrator.waits import Quorum
from tests.support.graphs import EMPTY
from tests.support.local import Handle, open_tasks, output, refusal, serving, submit
from tests.tasks.desk import asking, settled_form, told, trail

TWO_OF_THREE = Quorum(approvals=2, of=3, veto=False)


async def cast(handle: Handle, *votes: str) -> list[str]:
    """What became of each vote: `ann approve`."""
    await open_tasks(handle)
    receipts = [await submit(handle, vote.split()[1], by=vote.split()[0]) for vote in votes]
    return [f"{receipt['status']} {receipt['remaining']}" for receipt in receipts]


@pytest.mark.parametrize(
    ("votes", "action"),
    [
        (["ann approve", "bob approve"], "approve"),
        (["ann approve", "bob reject", "eve approve"], "approve"),
        (["ann reject", "bob approve", "eve approve"], "approve"),
        (["ann reject", "bob reject"], "reject"),
        (["ann approve", "bob reject", "eve reject"], "reject"),
    ],
    ids=", ".join,
)
async def test_two_of_three_end_it_either_way(votes: list[str], action: str) -> None:
    async with serving(ask=asking(quorum=TWO_OF_THREE)) as local:
        handle = await local.graph("ask", EMPTY)
        receipts = await cast(handle, *votes)
        assert receipts[-1] == "accepted 0"
        assert {receipt.split()[0] for receipt in receipts[:-1]} == {"pending_quorum"}
        by = votes[-1].split()[0]
        assert (await output(handle))["log"] == [{"action": action, "by": by, "decisions": votes}]
        assert [line[:2] for line in await told(handle, "decided")] == [("decided", vote.split()[0]) for vote in votes]


async def test_each_partial_decision_is_shown_with_its_comment_and_counted_down() -> None:
    async with serving(ask=asking(quorum=3)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, by="ann", comment="looks good")
        (task,) = await open_tasks(handle)
        assert (task["quorum"], task["quorum_of"]) == (3, None)
        (shown,) = task["decisions"]
        assert (shown["by"], shown["action"], shown["comment"]) == ("ann", "approve", "looks good")
        assert (await submit(handle, by="bob"))["remaining"] == 1
        (_, first, second) = await trail(handle)
        assert [first["detail"]["remaining"], second["detail"]["remaining"]] == [2, 1]


@pytest.mark.parametrize("first", ["approve", "reject"])
async def test_nobody_is_counted_twice(first: str) -> None:
    async with serving(ask=asking(quorum=TWO_OF_THREE)) as local:
        handle = await local.graph("ask", EMPTY)
        await cast(handle, f"ann {first}")
        for second in ("approve", "reject", "edit"):
            decision: dict[str, Any] = {"action": second, "by": "ann", "values": {}}
            assert "ann has decided on task ask-1 already" in await refusal(handle, "submit_decision", decision)


@pytest.mark.parametrize(
    ("veto", "by", "ends"),
    [(True, "ann", True), (False, "ann", False), (["boss"], "ann", False), (["boss"], "boss", True)],
)
async def test_a_veto_is_everybody_s_nobody_s_or_that_of_those_who_are_named(veto: Any, by: str, ends: bool) -> None:
    async with serving(ask=asking(quorum=Quorum(approvals=2, of=5, veto=veto))) as local:
        handle = await local.graph("ask", EMPTY)
        (status,) = await cast(handle, f"{by} reject")
        assert status == ("accepted 0" if ends else "pending_quorum 2")
        if ends:
            await handle.result()
            await settled_form(handle, None)
