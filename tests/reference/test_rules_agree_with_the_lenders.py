from collections import Counter

from demo.dataset import Record, records
from graphs import rules
from graphs.application import Appraisal, CreditAssessment


def recommended(row: Record) -> str:
    credit = CreditAssessment(
        on_file=True,
        consumer_history=row.consumer_history,
        mortgage_history=row.mortgage_history,
        public_record=row.public_record,
        ratios_consistent=row.housing_ratio <= row.debt_ratio + 0.005,
    )
    filed = row.application()
    return rules.decide(
        [
            *rules.weigh_income(filed),
            *rules.weigh_credit(credit),
            *rules.weigh_property(filed, Appraisal(loan_to_value=row.loan_to_value)),
        ]
    )


def test_on_all_applications_the_rules_agree_as_their_documentation_says() -> None:
    counted = Counter((recommended(row), row.denied) for row in records().values())
    assert counted == {
        ("approve", False): 1917,
        ("approve", True): 125,
        ("refer", False): 150,
        ("refer", True): 74,
        ("deny", False): 28,
        ("deny", True): 86,
    }
