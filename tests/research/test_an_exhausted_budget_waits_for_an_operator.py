import json
from pathlib import Path
from typing import Any

import pytest

from graphs.research_budget import Budget, Cost, Spent, total
from graphs.research_dossier import Report
from tests.research.desk import asked, desk, report_of
from tests.support.local import decide, refusal, until


@pytest.mark.parametrize("limits", [{"calls": 20}, {"tokens": 700}])
async def test_it_asks_before_it_overspends_and_goes_on_from_there_once_raised(
    limits: dict[str, Any], tmp_path: Path
) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(**limits)
        task = await asked(handle)
        read_so_far = there.read()
        spent = task["payload"]["spent"]
        assert all(spent[name] <= limit for name, limit in limits.items())
        assert spent["calls"] == len(read_so_far) + len(there.searched())
        await decide(handle)
        report = await report_of(handle)
        read = there.read()
    assert read[: len(read_so_far)] == read_so_far
    assert len(read) == len(set(read)) > len(read_so_far)
    assert report.stopped == ""
    for name, limit in limits.items():
        assert limit < getattr(report.spent, name) <= getattr(report.budget, name)


async def test_it_parks_by_name_instead_where_it_is_to_and_goes_on_once_amended(tmp_path: Path) -> None:
    async with desk(tmp_path, checkpoints=f"sqlite:///{tmp_path / 'checkpoints.db'}") as there:
        handle = await there.ask(calls=20, when_exceeded="park")
        status = await until(handle, lambda status: status["state"] == "parked")
        error = status["stages"][-1]["error"]
        assert error.startswith("BudgetExceeded: The next step would exceed the budget (calls: ")
        assert status["stages"][-1]["attempt"] == 1
        read_so_far = there.read()
        suggested = json.loads(error.partition("--values '")[2].partition("'`")[0])
        amend = {"action": "amend", "values": suggested, "by": "olga", "reason": "worth it"}
        await handle.execute_update("recover", amend)
        report = await report_of(handle)
        read = there.read()
    assert read[: len(read_so_far)] == read_so_far
    assert len(read) == len(set(read)) > len(read_so_far)
    assert 20 < report.spent.calls <= report.budget.calls


async def test_an_operator_names_the_new_limit_and_one_too_low_is_asked_for_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(calls=20)
        first = await asked(handle)
        await decide(handle, "edit", values={"calls": 21})
        await until(handle, lambda status: status["stages"][-1]["attempt"] == 2)
        second = await asked(handle)
        assert second["task_id"] != first["task_id"]
        assert second["payload"]["budget"]["calls"] == 21
        await decide(handle, values={"calls": 500}, task_id=second["task_id"])
        report = await report_of(handle)
    assert report.budget == Budget(calls=500)


async def test_a_limit_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(calls=0)
        await asked(handle)
        decision = {"action": "edit", "by": "olga", "values": {"calls": -3, "money": 7}}
        why = await refusal(handle, "submit_decision", decision)
        assert "calls" in why
        assert "money" in why
        await decide(handle, "reject")
        await handle.result()


async def test_an_operator_who_does_not_raise_it_gets_a_report_of_what_was_read(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(calls=20)
        await asked(handle)
        await decide(handle, "reject")
        report = await report_of(handle)
        assert report.passages_read == len(there.read()) > 0
    assert report.spent.calls <= 20
    assert report.sentences
    assert {cited for one in report.sentences for cited in one.citations} <= set(there.read())
    assert "ann did not raise the budget" in report.markdown


async def test_active_time_is_limited_too(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(seconds=0)
        task = await asked(handle)
        assert "seconds: 0.0 are spent of 0" in task["description"]
        assert there.searched() == []
        await decide(handle, values={"seconds": 3600})
        assert isinstance(await report_of(handle), Report)


def test_nodes_side_by_side_count_once_and_pauses_between_them_do_not() -> None:
    together = Spent()
    for busy in [(10.0, 12.0), (11.0, 13.0), (100.0, 101.0), (11.5, 11.6)]:
        together = total(together, Spent(calls=1, busy=[busy]))
    assert together.seconds == 4.0
    assert together.calls == 4
    assert len(together.busy) == 2


def test_a_budget_says_which_limit_would_be_broken_and_what_would_be_enough() -> None:
    budget, spent, cost = Budget(tokens=100, calls=5, seconds=60), Spent(tokens=90, calls=2), Cost(tokens=20, calls=3)
    assert budget.exceeded(spent, cost) == ["tokens: 110 would be needed of 100"]
    assert budget.enough(spent, cost) == Budget(tokens=200, calls=7, seconds=60)
    assert budget.allows(spent, Cost(tokens=10, calls=3))
