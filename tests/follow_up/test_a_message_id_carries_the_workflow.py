import re

import pytest

from orchestrator.mail.replies import LONGEST_ID, matched, message_id
from tests.follow_up.mails import SECRET, ours, raw, read

MSG_ID = re.compile(r"<[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+>", re.ASCII)


@pytest.mark.parametrize("workflow_id", ["w", "follow-up/spring/ann", "Größe 📧 <a@b>", "x" * 100])
def test_a_reply_finds_its_workflow_and_its_event(workflow_id: str) -> None:
    made = ours(workflow_id)
    assert MSG_ID.fullmatch(made)
    assert len(made) <= LONGEST_ID
    reply = matched(raw("Yes", f"In-Reply-To: {made}"), SECRET)
    assert reply is not None
    assert (reply.workflow_id, reply.event) == (workflow_id, "reply")


def test_the_same_key_gives_the_same_id_and_another_one_another() -> None:
    assert ours(key="mail-1") == ours(key="mail-1") != ours(key="mail-2")


def test_a_workflow_id_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(300 characters\).*use a shorter workflow id"):
        ours("x" * 300)


@pytest.mark.parametrize("domain", ["", "a b", "a>", "-a", "a@b"])
def test_a_domain_that_is_none_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="no mail domain"):
        message_id("w", "reply", secret=SECRET, domain=domain, key="1")


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="everybody could forge"):
        ours(secret="")


def test_the_reply_tells_who_wrote_what_and_when() -> None:
    payload = read("Yes", "Date: Mon, 4 May 2026 08:00:00 +0000").payload
    assert payload == {
        "from": "Ann <ann@customers.example>",
        "to": "sales@company.example",
        "subject": "Re: Your offer",
        "date": "Mon, 4 May 2026 08:00:00 +0000",
        "text": "Yes",
        "message_id": "<1@customers.example>",
        "in_reply_to": ours(),
        "auto_submitted": False,
    }
