from pathlib import Path

from activities.outbox import Outbox
from activities.post import SmtpPost
from demo.mailroom import Mailroom


async def send(post: SmtpPost, key: str) -> str:
    return await post.send(key=key, to="ann@applicants.example", subject="Your mortgage", text="Approved.")


async def test_a_mail_that_was_sent_is_not_offered_again(post: SmtpPost, mailroom: Mailroom) -> None:
    assert await send(post, "letter") == await send(post, "letter")
    assert [line["what"] for line in mailroom.journal.read()] == ["delivered"]


async def test_a_mail_offered_again_because_the_outbox_does_not_know_it_is_dropped_by_its_id(
    post: SmtpPost, mailroom: Mailroom, tmp_path: Path
) -> None:
    await send(post, "letter")
    post.outbox = Outbox(tmp_path / "as-if-killed-before-it-was-recorded.db")
    await send(post, "letter")
    assert [line["what"] for line in mailroom.journal.read()] == ["delivered", "dropped"]


async def test_different_keys_are_different_mails(post: SmtpPost, mailroom: Mailroom) -> None:
    await send(post, "letter/1/approved")
    await send(post, "letter/1/denied")
    assert len(mailroom.delivered) == 2
