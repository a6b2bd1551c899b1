from typing import Any

import pytest

from demo.follow_up.customers import Customer, customers
from demo.follow_up.evidence import faults


def asker() -> Customer:
    return next(customer for customer in customers(9, seed=1) if customer.habit == "asks")


def mail(kind: str, message_id: str) -> dict[str, Any]:
    return {"kind": kind, "message_id": message_id}


CONVERSATION = [mail("first", "<1>"), mail("reply", "<q>"), mail("answer", "<2>"), mail("reply", "<y>")]
FOUR: list[Any] = [
    {"outcome": "yes", "handed_over": 1, "conversation": CONVERSATION},
    "yes",
    ["<1>", "<2>"],
    ["<q>", "<y>"],
]


def found(result: Any, recorded: str | None, got: list[str], sent: list[str]) -> list[str]:
    of = asker()
    delivered = [{"what": "delivered", "to": of.case.email, "message_id": id_} for id_ in got]
    outcomes = {of.case.workflow_id: recorded} if recorded else {}
    return faults([of], {of.case.workflow_id: result}, outcomes, delivered, {of.case.email: sent})


def test_a_conversation_as_it_should_be_has_no_fault() -> None:
    result, recorded, got, sent = FOUR
    assert found(result, recorded, got, sent) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "no end after 100 s"),
        (0, FOUR[0] | {"outcome": "no"}),
        (0, FOUR[0] | {"handed_over": 2}),
        (0, FOUR[0] | {"conversation": [*CONVERSATION, mail("first", "<3>")]}),
        (0, FOUR[0] | {"conversation": CONVERSATION[:3]}),
        (1, None),
        (2, ["<1>"]),
        (2, ["<1>", "<2>", "<3>"]),
        (3, ["<q>", "<y>", "<z>"]),
    ],
    ids=["lost", "misread", "asked twice", "sent twice", "unread", "unrecorded", "not got", "got twice", "reply lost"],
)
def test_whatever_is_otherwise_is_told(place: int, value: Any) -> None:
    changed = [*FOUR[:place], value, *FOUR[place + 1 :]]
    assert found(*changed)


def test_every_habit_occurs() -> None:
    assert len({customer.habit for customer in customers(40, seed=1990)}) == 9
    assert len({customer.habit for customer in customers(9, seed=7)}) == 9
    assert len(customers(200, seed=7)) == 200
