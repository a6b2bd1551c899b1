import pytest

from orchestrator.mail.replies import matched
from tests.follow_up.mails import SECRET, ours, raw

OTHER = ours("follow-up/spring/bob")


def swapped() -> str:
    """Bob's address with the signature of Ann's."""
    return f"{OTHER.rpartition('.company')[0].rpartition('.')[0]}.{ours().rpartition('.company')[0].rpartition('.')[2]}"


@pytest.mark.parametrize(
    "answered",
    [
        "<CAF+abc123@mail.gmail.example>",
        ours(secret="another secret"),
        ours().replace("<o1.", "<o2."),
        ours().replace(".", "", 1),
        swapped() + ".company.example>",
        "<o1....@x>",
        "<o1.!.!.!.!@x>",
        "",
    ],
)
def test_a_forged_or_foreign_message_id_matches_nothing(answered: str) -> None:
    assert matched(raw("Yes", f"In-Reply-To: {answered}", f"References: <a@b> {answered}"), SECRET) is None


def test_a_mail_that_answers_nothing_matches_nothing() -> None:
    assert matched(raw("Hello"), SECRET) is None
    assert matched(b"", SECRET) is None
    assert matched(b"\xff\xfe\x00" * 1000, SECRET) is None


def test_our_message_id_in_the_text_alone_matches_nothing() -> None:
    assert matched(raw(f"In-Reply-To: {ours()}"), SECRET) is None


def test_a_mail_program_that_names_only_the_references_is_understood() -> None:
    reply = matched(raw("Yes", f"References: <a@b> {ours()} <c@d>"), SECRET)
    assert reply is not None
    assert reply.workflow_id == "follow-up/spring/ann"


def test_what_is_answered_goes_before_what_is_referred_to() -> None:
    reply = matched(raw("Yes", f"In-Reply-To: {ours()}", f"References: {OTHER}"), SECRET)
    assert reply is not None
    assert reply.workflow_id == "follow-up/spring/ann"


def test_of_several_references_the_latest_counts() -> None:
    reply = matched(raw("Yes", f"References: {OTHER} {ours()}"), SECRET)
    assert reply is not None
    assert reply.workflow_id == "follow-up/spring/ann"
