from demo.dataset import records
from graphs import assess_credit
from graphs.bureau import BureauClient
from tests.reference.bureau import BureauProcess
from tests.reference.cases import Plain, application


async def test_each_report_is_ordered_once_and_filed(bureau: BureauClient, bureau_process: BureauProcess) -> None:
    row = records()[101]
    result = await Plain(assess_credit.build(bureau)).start(application=row.application())
    assert result == {
        "on_file": True,
        "consumer_history": row.consumer_history,
        "mortgage_history": row.mortgage_history,
        "public_record": row.public_record,
        "ratios_consistent": True,
    }
    assert bureau_process.done(101) == {"inquiry": 1, "tradelines": 1, "public-records": 1}


async def test_whom_the_bureau_does_not_know_has_no_credit_file(bureau: BureauClient) -> None:
    result = await Plain(assess_credit.build(bureau)).start(application=application(file_number=999_999))
    assert result == {"on_file": False, "ratios_consistent": True}


async def test_housing_above_all_debt_is_a_contradiction(bureau: BureauClient) -> None:
    filed = application(file_number=102, debt_ratio=0.20, housing_ratio=0.30)
    result = await Plain(assess_credit.build(bureau)).start(application=filed)
    assert result["ratios_consistent"] is False
