from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from activities.follow_up_post import SmtpReplyablePost
from activities.follow_up_settings import FollowUpSettings
from demo.journal import Journal
from demo.mailroom import Mailroom
from orchestrator.mail.replies import matched
from tests.follow_up.mails import SECRET, raw


class Recording(Mailroom):
    """Keeps the mails as they came."""

    raw: bytes = b""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.raw = envelope.original_content
        return await super().handle_DATA(server, session, envelope)


async def sent(folder: Path, *keys: str, thread: list[str], workflow_id: str = "w") -> tuple[Recording, list[str]]:
    mailroom = Recording(Journal(folder / "mail.jsonl"))
    async with mailroom.open() as port:
        outbox = folder / "outbox.db"
        post = SmtpReplyablePost(FollowUpSettings(reply_secret=SecretStr(SECRET), smtp_port=port, outbox=outbox))
        ids = [
            await post.send(
                key=key,
                workflow_id=workflow_id,
                event="reply",
                to="ann@customers.example",
                subject="Größe",
                text="Schöne Größe",
                thread=thread,
            )
            for key in keys
        ]
    return mailroom, ids


async def test_the_long_ids_of_a_thread_are_written_in_one_piece(tmp_path: Path) -> None:
    thread = [f"<{'x' * 200}-{number}@customers.example>" for number in range(9)]
    mailroom, [made] = await sent(tmp_path, "1", thread=thread, workflow_id="w" * 120)
    mail = message_from_bytes(mailroom.raw)
    assert mail["Message-ID"] == made
    assert mail["In-Reply-To"] == thread[-1]
    assert mail["References"].split() == thread[-3:]
    assert max(len(line) for line in mailroom.raw.splitlines()) < 998
    reply = matched(raw("Yes", f"In-Reply-To: {mail['Message-ID']}"), SECRET)
    assert reply is not None
    assert reply.workflow_id == "w" * 120


@pytest.mark.parametrize("id_", ["<a\r\nBcc: everybody@elsewhere.example>", "<größe@b>", f"<{'x' * 999}@b>"])
async def test_a_customers_message_id_that_is_none_is_left_out(tmp_path: Path, id_: str) -> None:
    mailroom, _ = await sent(tmp_path, "1", thread=[id_])
    assert b"References" not in mailroom.raw
    assert b"Bcc" not in mailroom.raw


async def test_a_key_that_was_sent_is_not_offered_again(tmp_path: Path) -> None:
    mailroom, [first, again, other] = await sent(tmp_path, "1", "1", "2", thread=[])
    assert first == again != other
    assert [line["message_id"] for line in mailroom.journal.read()] == [first, other]
