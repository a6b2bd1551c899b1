from orchestrator.mail.replies import Reply, matched
from tests.follow_up.mails import SECRET, ours, raw


def event_id(body: str, message: str, *headers: str) -> str:
    reply = matched(raw(body, f"In-Reply-To: {ours()}", *headers, message=message), SECRET)
    assert isinstance(reply, Reply)
    return reply.event_id


def test_two_copies_over_different_ways_are_one_event() -> None:
    copies = [event_id("Yes", "<1@a>", f"Received: from {way}") for way in ("here", "there")]
    assert copies[0] == copies[1]


def test_two_mails_are_two_events() -> None:
    assert event_id("Yes", "<1@a>") != event_id("Yes", "<2@a>")


def test_without_a_message_id_the_bytes_count() -> None:
    assert event_id("Yes", "") == event_id("Yes", "") != event_id("No", "")
