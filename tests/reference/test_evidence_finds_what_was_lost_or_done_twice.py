from typing import Any

import pytest

from demo.evidence import Nodes, faults

DECISION = {"outcome": "approved", "appraisals_ordered": 1, "reminders": 1}
LEDGER = [
    {"what": "done", "kind": kind, "key": kind, "file_number": 7}
    for kind in ("inquiry", "tradelines", "public-records", "appraisal")
]
MAIL = [
    {"what": "delivered", "to": "boston-0007@applicants.example", "subject": subject}
    for subject in ("Documents needed", "Reminder 1: documents", "Your mortgage application")
]


def found(
    decision: dict[str, Any] | str = DECISION,
    ledger: list[dict[str, Any]] = LEDGER,
    mail: list[dict[str, Any]] = MAIL,
    twice: tuple[str, ...] = (),
) -> list[str]:
    return faults({"boston-0007": decision}, Nodes(twice=list(twice)), ledger, mail)


def test_a_run_in_order_has_no_faults() -> None:
    assert found() == []


def test_an_order_that_was_repeated_or_refused_is_no_fault() -> None:
    assert found(ledger=[*LEDGER, LEDGER[0] | {"what": "again"}, LEDGER[0] | {"what": "refused"}]) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"decision": "no decision after 100 s"}, "boston-0007 was lost: no decision after 100 s"),
        ({"ledger": LEDGER[:3]}, "boston-0007: 0 orders of appraisal, not 1"),
        ({"ledger": [*LEDGER, LEDGER[0] | {"key": "another"}]}, "boston-0007: 2 orders of inquiry, not 1"),
        ({"mail": MAIL[:2]}, "boston-0007: 0 mails 'Your', not 1"),
        ({"mail": [*MAIL, MAIL[2]]}, "boston-0007: 2 mails 'Your', not 1"),
        ({"mail": [*MAIL, MAIL[1]]}, "boston-0007: 2 mails 'Reminder', not 1"),
        ({"twice": ("pull, step 2 of t",)}, "node ran twice: pull, step 2 of t"),
    ],
)
def test_each_kind_of_fault_is_found(changes: dict[str, Any], fault: str) -> None:
    assert found(**changes) == [fault]
