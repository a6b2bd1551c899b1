from typing import Any

import pytest

from graphs import write_letter
from graphs.application import Verdict
from graphs.write_letter import LONGEST_OPENING, OPENING, OUTCOMES, State
from tests.reference.cases import Plain, application


async def test_a_denial_gives_its_reasons() -> None:
    verdict = Verdict(outcome="denied", decided_by="rules", reasons=["Too much debt.", "A public record."])
    result = await Plain(write_letter.build()).start(application=application(), verdict=verdict)
    assert result["subject"] == "Your mortgage application case-1: denied"
    assert OUTCOMES["denied"] in result["text"]
    assert "- Too much debt.\n- A public record." in result["text"]
    assert result.get("worded_by", "template") == "template"


async def test_an_approval_gives_its_conditions() -> None:
    verdict = Verdict(outcome="approved", decided_by="ulrike", conditions=["Proof of reserves."])
    result = await Plain(write_letter.build()).start(application=application(), verdict=verdict)
    assert "Conditions:\n- Proof of reserves." in result["text"]


@pytest.mark.parametrize("outcome", ["approved", "denied", "incomplete"])
@pytest.mark.parametrize(
    ("opening", "kept"),
    [
        ("It was a pleasure to read your application.", True),
        ("Congratulations!", False),
        ("Your loan is denied.", False),
        ("", False),
        ("x" * (LONGEST_OPENING + 1), False),
    ],
)
async def test_whatever_a_model_writes_the_outcome_stands_below_it(opening: str, kept: bool, outcome: Any) -> None:
    verdict = Verdict(outcome=outcome, decided_by="rules")
    state = State(application=application(), verdict=verdict, opening=opening, worded_by="some:model")
    result = await write_letter.compose(state)
    assert OUTCOMES[outcome] in result["text"]
    assert result["worded_by"] == ("some:model" if kept else "template")
    assert (opening if kept else OPENING) in result["text"]
