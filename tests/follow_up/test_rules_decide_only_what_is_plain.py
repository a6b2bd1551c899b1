from datetime import date

import pytest

from graphs.follow_up_case import Incoming
from graphs.follow_up_rules import meaning, named_days

TODAY = date(2026, 5, 4)


def kind(text: str, **more: object) -> str:
    return meaning(Incoming.model_validate({"from": "ann@b", "text": text} | more), TODAY).kind


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Yes", "yes"),
        ("OK, go ahead!", "yes"),
        ("No.", "no"),
        ("We don't need it.", "no"),
        ("No problem, go ahead.", "unclear"),
        ("I am not sure.", "unclear"),
        ("Notary", "unclear"),
        ("", "unclear"),
        ("Yes, but what does it cost?", "question"),
        ("Ask me on 2026-06-01.", "later"),
        ("Not now. Tomorrow.", "later"),
        ("Yes, on 2026-06-01.", "unclear"),
        ("1 June or 2 June", "unclear"),
        ("On 2026-05-04.", "unclear"),
        ("On 2029-05-04.", "unclear"),
        ("stop writing to me", "unsubscribe"),
        ("I am out of the office. Yes.", "automatic"),
    ],
)
def test_a_text_means(text: str, means: str) -> None:
    assert kind(text) == means


def test_a_subject_may_say_it() -> None:
    assert kind("", subject="Unsubscribe") == "unsubscribe"
    assert kind("Yes", subject="Automatic reply: Your offer") == "automatic"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("24.12.2026", date(2026, 12, 24)),
        ("24 December", date(2026, 12, 24)),
        ("the 24th of December 2027", date(2027, 12, 24)),
        ("Dec 24th, 2026", date(2026, 12, 24)),
        ("in March, 3 March", date(2027, 3, 3)),
        ("in a week", date(2026, 5, 11)),
        ("in 3 days", date(2026, 5, 7)),
        ("next month", date(2026, 6, 3)),
    ],
)
def test_a_day_is_found_however_it_is_written(text: str, day: date) -> None:
    assert named_days(text, TODAY) == [day]


@pytest.mark.parametrize("text", ["2026-02-30", "99.99.2026", "in may", "31 February", "call 555-1234"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert named_days(text, TODAY) == []
