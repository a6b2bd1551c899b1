from graphs import recommend
from graphs.application import Appraisal, CreditAssessment
from tests.reference.cases import Plain, application


async def test_findings_of_all_kinds_come_together_with_the_heaviest_first() -> None:
    result = await Plain(recommend.build()).start(
        application=application(debt_ratio=0.42),
        credit=CreditAssessment(on_file=True, consumer_history=6, mortgage_history=1, public_record=False),
        appraisal=Appraisal(loan_to_value=0.92, orders=1),
    )
    assert (result["decision"], result["points"]) == ("refer", 4)
    assert [finding.rule for finding in result["findings"]] == ["consumer_history", "debt_ratio", "loan_to_value"]
    assert [finding.reason for finding in result["findings"]] == [
        "Consumer credit history is 6, of 1 to 6.",
        "Debt payments take 42.0% of income; the limit is 40%.",
        "The loan is 92.0% of the appraised value; the limit is 90%.",
    ]
