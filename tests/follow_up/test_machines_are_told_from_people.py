import pytest

from tests.follow_up.mails import read


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=a@b",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "Precedence: auto_reply",
        "Precedence: Bulk",
        "X-Autoreply: yes",
    ],
)
def test_a_machine_says_so_in_a_header(header: str) -> None:
    assert read("I am out of office.", header).payload["auto_submitted"] is True


@pytest.mark.parametrize("header", ["Auto-Submitted: no", "Return-Path: <ann@customers.example>", "Precedence: first"])
def test_a_person_is_none(header: str) -> None:
    assert read("Yes", header).payload["auto_submitted"] is False
