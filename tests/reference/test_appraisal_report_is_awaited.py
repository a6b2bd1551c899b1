from typing import Any

import pytest

from demo.dataset import records
from graphs import appraise_property
from graphs.bureau import BureauClient
from tests.reference.bureau import BureauProcess
from tests.reference.cases import Plain


async def test_the_report_gives_the_value(bureau: BureauClient) -> None:
    run = Plain(appraise_property.build(bureau))
    await run.start(application=records()[111].application())
    assert await run.waits_for() == "appraisal_report"
    [order] = (await run.state())["placed"]
    result = await run.answer({"order": order, "loan_to_value": 0.8})
    assert result == {"loan_to_value": 0.8, "orders": 1}


async def test_after_the_deadline_another_appraisal_is_ordered_and_the_first_report_still_counts(
    bureau: BureauClient, bureau_process: BureauProcess
) -> None:
    run = Plain(appraise_property.build(bureau))
    await run.start(application=records()[112].application())
    await run.answer(None)
    first, second = (await run.state())["placed"]
    assert first != second
    assert bureau_process.done(112) == {"appraisal": 2}
    result = await run.answer({"order": first, "loan_to_value": 0.7})
    assert result == {"loan_to_value": 0.7, "orders": 2}


async def test_after_two_deadlines_the_file_goes_on_without_a_value(bureau: BureauClient) -> None:
    run = Plain(appraise_property.build(bureau))
    await run.start(application=records()[113].application())
    await run.answer(None)
    result = await run.answer(None)
    assert await run.waits_for() is None
    assert result == {"orders": 2}


@pytest.mark.parametrize(
    "payload", ["80 %", {"loan_to_value": 0.1}, {"order": "of somebody else", "loan_to_value": 0.1}, {"order": 1}]
)
async def test_what_is_no_report_on_our_order_is_not_filed(bureau: BureauClient, payload: Any) -> None:
    run = Plain(appraise_property.build(bureau))
    await run.start(application=records()[114].application())
    result = await run.answer(payload)
    assert result == {"orders": 1}
    assert await run.waits_for() == "appraisal_report"
