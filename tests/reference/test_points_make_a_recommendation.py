import pytest

from graphs import rules
from graphs.application import Finding


@pytest.mark.parametrize(
    ("points", "decision"), [(0, "approve"), (2, "approve"), (3, "refer"), (4, "refer"), (5, "deny"), (9, "deny")]
)
def test_points_add_up_to_a_decision(points: int, decision: str) -> None:
    findings = [Finding(rule="a rule", points=1, reason="a reason") for _ in range(points)]
    assert rules.decide(findings) == decision


@pytest.mark.parametrize("rule", sorted(rules.UNKNOWN))
def test_what_is_unknown_is_never_approved_by_rule(rule: str) -> None:
    assert rules.decide([Finding(rule=rule, points=0, reason="unknown")]) == "refer"


def test_declined_insurance_denies_alone() -> None:
    assert (
        rules.decide([Finding(rule="mortgage_insurance", points=rules.DENY_FROM_POINTS, reason="declined")]) == "deny"
    )
