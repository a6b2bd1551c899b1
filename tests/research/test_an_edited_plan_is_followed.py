from pathlib import Path
from typing import Any

import pytest

from tests.research.desk import asked, desk, report_of
from tests.support.local import decide, refusal

EDITED = {
    "questions": [
        {"text": "How is a name bound?", "query": "binding of names global statement"},
        {"id": "loops", "text": "What ends a loop?"},
    ]
}


@pytest.mark.parametrize("action", ["approve", "edit"])
async def test_the_values_that_a_person_sends_are_what_is_researched(action: str, tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(approve_plan=True)
        task = await asked(handle)
        assert task["form"]["title"] == "Plan"
        assert there.searched() == []
        await decide(handle, action, values=EDITED)
        report = await report_of(handle)
        assert sorted(there.searched()) == ["What ends a loop?", "binding of names global statement"]
    assert {sentence.question_id for sentence in report.sentences} == {"q1", "loops"}
    assert "## How is a name bound?" in report.markdown
    assert "generators" not in report.markdown.partition("\n")[2]


async def test_a_plan_approved_as_it_is_is_researched_as_it_was_drafted(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(approve_plan=True)
        drafted = (await asked(handle))["payload"]["questions"]
        await decide(handle)
        await report_of(handle)
        assert sorted(there.searched()) == sorted(question["query"] for question in drafted)


async def test_a_rejected_plan_is_not_researched(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(approve_plan=True)
        await asked(handle)
        await decide(handle, "reject")
        report = await report_of(handle)
        assert there.searched() == there.read() == []
    assert report.outcome == "plan rejected"


@pytest.mark.parametrize("values", [{"questions": []}, {"questions": [{"text": ""}]}, {"questions": "all"}])
async def test_a_plan_that_makes_no_sense_is_refused(values: Any, tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        handle = await there.ask(approve_plan=True)
        await asked(handle)
        decision = {"action": "edit", "by": "ann", "values": values}
        assert "questions" in await refusal(handle, "submit_decision", decision)
        await decide(handle, "reject")
        await handle.result()
