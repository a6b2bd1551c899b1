from datetime import date

import pytest
from langchain_core.messages import AIMessage

from graphs.follow_up_case import Incoming
from graphs.follow_up_model import understood, worded
from graphs.follow_up_texts import HOW_TO_ANSWER, first
from tests.follow_up.office import case
from tests.support.compat_model import Script, calls

TODAY = date(2026, 5, 4)


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> list[AIMessage]:
    """What a chat model named `script:1` says; no provider's package is installed for the tests."""
    lines: list[AIMessage] = []
    monkeypatch.setattr("langchain.chat_models.init_chat_model", lambda name: Script(lines=lines, name=name))
    return lines


def mail(text: str, **more: object) -> Incoming:
    return Incoming.model_validate({"from": "ann@b", "text": text} | more)


async def test_the_first_mail_is_the_models_with_the_lines_on_how_to_answer(says: list[AIMessage]) -> None:
    says.append(AIMessage("Dear Ann, what about the heat pump?"))
    draft = await worded(case(), "script:1")
    assert draft.text == f"Dear Ann, what about the heat pump?\n\n{HOW_TO_ANSWER}"
    assert draft.subject == first(case()).subject


@pytest.mark.parametrize("rambling", ["", "blah " * 1000])
async def test_a_model_that_says_nothing_or_rambles_is_not_sent(says: list[AIMessage], rambling: str) -> None:
    says.append(AIMessage(rambling))
    assert await worded(case(), "script:1") == first(case())


async def test_the_model_reads_what_the_rules_would_not_decide(says: list[AIMessage]) -> None:
    says.append(calls(("Meaning", {"kind": "yes"})))
    assert (await understood(mail("Sounds like a plan."), TODAY, "script:1")).kind == "yes"
    assert (await understood(mail("Sounds like a plan."), TODAY, None)).kind == "unclear"


@pytest.mark.parametrize("day", [None, "2026-05-04", "2029-01-01"])
async def test_a_day_that_makes_no_sense_goes_to_a_person(says: list[AIMessage], day: str | None) -> None:
    says.append(calls(("Meaning", {"kind": "later", "day": day})))
    assert (await understood(mail("Later."), TODAY, "script:1")).kind == "unclear"


async def test_unsubscribing_and_machines_are_not_the_models_business(says: list[AIMessage]) -> None:
    says.append(calls(("Meaning", {"kind": "yes"})))
    assert (await understood(mail("Unsubscribe"), TODAY, "script:1")).kind == "unsubscribe"
    assert (await understood(mail("Yes", auto_submitted=True), TODAY, "script:1")).kind == "automatic"
