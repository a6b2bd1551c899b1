"""A real SMTP server, and the mail store behind it, which drops a second copy by its Message-ID as mail stores do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP

from demo.journal import Journal


@dataclass(frozen=True)
class Received:
    """A mail that was delivered."""

    message_id: str
    to: str
    subject: str
    text: str
    references: str = ""
    """The Message-IDs of what it goes on from."""


class Mailroom:
    """Takes mail for everybody.

    Args:
        journal: Gets a line for each mail, `delivered` or, for a second copy, `dropped`.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.delivered: dict[str, Received] = {}
        """By Message-ID."""
        self.unread: asyncio.Queue[Received] = asyncio.Queue()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The server while the block runs; yields its port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="mailroom", loop=loop), "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by aiosmtpd for each mail."""
        mail = message_from_bytes(envelope.content, policy=default)
        body = mail.get_body()
        received = Received(
            message_id=str(mail["Message-ID"]),
            to=str(mail["To"]),
            subject=str(mail["Subject"]),
            text=str(body.get_content()) if body is not None else "",
            references=str(mail["References"] or ""),
        )
        first = received.message_id not in self.delivered
        self.journal.append(
            what="delivered" if first else "dropped",
            message_id=received.message_id,
            to=received.to,
            subject=received.subject,
        )
        if first:
            self.delivered[received.message_id] = received
            self.unread.put_nowait(received)
        return "250 OK"
