"""Mail over SMTP whose reply finds its workflow, each mail once: see `activities.post` on how that is possible."""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib

from activities.follow_up_settings import FollowUpSettings
from activities.outbox import Outbox
from orchestrator.mail.replies import message_id

TIMEOUT_SECONDS = 10.0
"""Of one mail."""
REFERENCES = 3
"""Of the conversation so many ids are named. Under the line length below they fit, and the library leaves a header
of that length alone; a longer one it writes as encoded words, which no mail program takes for a thread."""
UNFOLDED = SMTP.clone(max_line_length=900)


class SmtpReplyablePost:
    """Carries mail for the graph (`graphs.follow_up_post.ReplyablePost`)."""

    def __init__(self, settings: FollowUpSettings) -> None:
        self.settings = settings
        self.outbox = Outbox(settings.outbox)

    @property
    def sender(self) -> str:
        """See `ReplyablePost`."""
        return self.settings.sender

    async def send(
        self, *, key: str, workflow_id: str, event: str, to: str, subject: str, text: str, thread: list[str]
    ) -> str:
        """The Message-ID. See `ReplyablePost`.

        Raises:
            aiosmtplib.SMTPConnectError, SMTPServerDisconnected: No mail server answers. *Retryable.*
            TimeoutError: It does not answer in 10 s. *Retryable.*
            aiosmtplib.SMTPRecipientsRefused: The server does not want the address.
            ValueError: The workflow id is too long for a Message-ID. *Not retryable.*
        """
        secret, domain = self.settings.reply_secret.get_secret_value(), self.sender.rpartition("@")[2]
        made = message_id(workflow_id, event, secret=secret, domain=domain, key=key)
        if await asyncio.to_thread(self.outbox.was_sent, key):
            return made
        message = EmailMessage()
        message["Message-ID"] = made
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = subject
        if known := [id_ for id_ in thread if id_.isascii() and id_.isprintable() and len(id_) <= 250]:  # noqa: PLR2004
            message["In-Reply-To"] = known[-1]
            message["References"] = " ".join(known[-REFERENCES:])
        message.set_content(text)
        password = self.settings.smtp_password
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await aiosmtplib.send(
                message.as_bytes(policy=UNFOLDED),
                sender=self.sender,
                recipients=[to],
                hostname=self.settings.smtp_host,
                port=self.settings.smtp_port,
                username=self.settings.smtp_user,
                password=password.get_secret_value() if password else None,
            )
        await asyncio.to_thread(self.outbox.record, key)
        return made
