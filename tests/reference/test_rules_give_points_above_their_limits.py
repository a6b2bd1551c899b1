from typing import Any

import pytest

from graphs import rules
from graphs.application import Appraisal, CreditAssessment
from tests.reference.cases import application

CLEAN = {"on_file": True, "consumer_history": 1, "mortgage_history": 1, "public_record": False}


def points(filed: dict[str, Any], credit: dict[str, Any], loan_to_value: float | None) -> dict[str, int]:
    findings = [
        *rules.weigh_income(application(**filed)),
        *rules.weigh_credit(CreditAssessment.model_validate(CLEAN | credit)),
        *rules.weigh_property(application(**filed), Appraisal(loan_to_value=loan_to_value)),
    ]
    return {finding.rule: finding.points for finding in findings}


def test_nothing_speaks_against_a_sound_application() -> None:
    assert points({}, {}, 0.8) == {}


@pytest.mark.parametrize(
    ("filed", "credit", "loan_to_value", "expected"),
    [
        ({"debt_ratio": 0.40}, {}, 0.8, {}),
        ({"debt_ratio": 0.41}, {}, 0.8, {"debt_ratio": 1}),
        ({"debt_ratio": 0.46}, {}, 0.8, {"debt_ratio": 2}),
        ({"housing_ratio": 0.35}, {}, 0.8, {}),
        ({"housing_ratio": 0.36}, {}, 0.8, {"housing_ratio": 1}),
        ({"self_employed": True}, {}, 0.8, {"self_employed": 1}),
        ({"unemployment_rate": 8.9}, {}, 0.8, {"unemployment": 1}),
        ({"mortgage_insurance_denied": True}, {}, 0.8, {"mortgage_insurance": 5}),
        ({}, {"consumer_history": 3}, 0.8, {}),
        ({}, {"consumer_history": 4}, 0.8, {"consumer_history": 1}),
        ({}, {"consumer_history": 6}, 0.8, {"consumer_history": 2}),
        ({}, {"mortgage_history": 3}, 0.8, {"mortgage_history": 1}),
        ({}, {"public_record": True}, 0.8, {"public_record": 2}),
        ({}, {"ratios_consistent": False}, 0.8, {"ratios_contradict": 0}),
        ({}, {}, 0.90, {}),
        ({}, {}, 0.91, {"loan_to_value": 1}),
        ({}, {}, 0.96, {"loan_to_value": 2}),
        ({}, {}, None, {"no_appraisal": 0}),
    ],
)
def test_each_rule_counts_what_is_over_its_limit(
    filed: dict[str, Any], credit: dict[str, Any], loan_to_value: float | None, expected: dict[str, int]
) -> None:
    assert points(filed, credit, loan_to_value) == expected


def test_who_has_no_credit_file_has_no_history_to_weigh() -> None:
    assert [finding.rule for finding in rules.weigh_credit(CreditAssessment())] == ["no_credit_file"]
