"""Mail over SMTP, each mail once.

No sender can know whether a server took a mail when the line breaks between its last byte and the receipt. So two
things together: the outbox keeps a mail that was taken from being offered again, and a mail that must be offered again
has the same Message-ID, by which the mail store at the other end drops the second copy.
"""

import asyncio
import hashlib
from email.message import EmailMessage

import aiosmtplib

from activities.outbox import Outbox

TIMEOUT_SECONDS = 10.0
"""Of one mail."""


class SmtpPost:
    """Carries mail for graphs (`graphs.post.Post`) and activities."""

    def __init__(self, host: str, port: int, sender: str, outbox: Outbox) -> None:
        self.host = host
        self.port = port
        self.sender = sender
        self.outbox = outbox

    async def send(self, *, key: str, to: str, subject: str, text: str) -> str:
        """The Message-ID. See `graphs.post.Post`.

        Raises:
            aiosmtplib.SMTPConnectError, SMTPServerDisconnected: No mail server answers. *Retryable.*
            TimeoutError: It does not answer in 10 s. *Retryable.*
            aiosmtplib.SMTPRecipientsRefused: The server does not want the address.
        """
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]  # a key may hold what a Message-ID may not
        message_id = f"<{digest}@{self.sender.rpartition('@')[2]}>"
        if await asyncio.to_thread(self.outbox.was_sent, key):
            return message_id
        message = EmailMessage()
        message["Message-ID"] = message_id
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = subject
        message.set_content(text)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await aiosmtplib.send(message, hostname=self.host, port=self.port)
        await asyncio.to_thread(self.outbox.record, key)
        return message_id
