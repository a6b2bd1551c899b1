"""Notices by mail."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

from pydantic import SecretStr
from temporalio import activity

from orchestrator.calls import Notice, NoticeEvent
from orchestrator.errors import ConfigurationError
from orchestrator.notify.channel import DEFAULT_EVENTS, Channel, Recipient
from orchestrator.notify.directory import Directory, Entries, Lookup, is_mail
from orchestrator.notify.errors import AddressRefused
from orchestrator.notify.letters import Letters
from orchestrator.notify.links import Links
from orchestrator.notify.smtp import SmtpServer
from orchestrator.notify.wording import command, facts, headline, web_ui_link


class Email(Channel):
    """A mail to each person, over SMTP.

    Each has a Message-ID that is the same on every attempt. A worker that dies, or a line that breaks, between the
    server's acceptance and our record of it sends the mail again; mail stores that look at Message-IDs drop the second
    copy, others show it.

    Args:
        url: Of the mail server: `smtp://user:password@host:587?tls=start` or `smtps://…`; see `SmtpServer`.
        sender: The From address: `loans@x.org` or `Loans <loans@x.org>`.
        directory: From names to addresses; see `Directory`. Without it only names that are addresses get mail.
        operators: Who hears of parked stages, as names or addresses.
        events: What it sends.
        links: Puts one-click links into mail about open tasks.
        web_ui_url: Puts a link to Temporal's Web UI into each mail.
        templates: Folder of templates of your own; see `Letters`.
        name: Unique in the application.
        timeout: Of one mail.

    Raises:
        ConfigurationError: URL or sender make no sense. *Not retryable.*
    """

    def __init__(
        self,
        url: str | SecretStr,
        *,
        sender: str,
        directory: Directory | Entries | Path | Lookup | None = None,
        operators: Sequence[str] = (),
        events: Collection[NoticeEvent] = DEFAULT_EVENTS,
        links: Links | None = None,
        web_ui_url: str | None = None,
        templates: Path | None = None,
        name: str = "email",
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self.name = name
        self.events = events
        self.operators = operators
        self.directory = Directory(directory)
        self.links = links
        self.web_ui_url = web_ui_url
        self.letters = Letters(templates)
        self.server = SmtpServer.parse(url.get_secret_value() if isinstance(url, SecretStr) else url, timeout)
        self.sender_name, self.sender = parseaddr(sender)
        if not is_mail(self.sender) or not sender.isprintable():
            raise ConfigurationError(f"Mail cannot come from {sender!r}; write loans@x.org or Loans <loans@x.org>.")

    def check(self) -> None:
        """See `Channel.check`."""
        self.server.check()
        self.letters.check()
        self.directory.check()
        if self.links is not None:
            self.links.check(datetime.now(UTC))

    async def recipients(self, notice: Notice) -> list[Recipient]:
        """See `Channel.recipients`."""
        names = [*notice.to, *(self.operators if notice.event == "parked" else ())]
        return [recipient for recipient in await self.directory.find(names) if is_mail(recipient.address)]

    async def send(self, notice: Notice, to: Recipient, key: str) -> None:
        """See `Channel.send`."""
        if not is_mail(to.address):
            raise AddressRefused(f"{to.address!r} is no mail address")
        await self.server.deliver(self.message(notice, to, key), self.sender, to.address)

    def message(self, notice: Notice, to: Recipient, key: str) -> EmailMessage:
        """The mail to one recipient.

        Raises:
            ConfigurationError: A template fails. *Not retryable.*
        """
        now = datetime.now(UTC)
        letter = self.letters.write(
            notice.event,
            {
                "notice": notice,
                "event": notice.event,
                "task": notice.task,
                "person": to.person,
                "headline": headline(notice),
                "facts": facts(notice),
                "offers": self.links.offers(notice, to, now) if self.links else [],
                "command": command(notice),
                "web_ui": web_ui_link(self.web_ui_url, _namespace(), notice.workflow_id) if self.web_ui_url else None,
            },
        )
        message = EmailMessage()
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{self.sender.rpartition('@')[2]}>"
        message["Date"] = format_datetime(now)
        message["From"] = Address(self.sender_name, addr_spec=self.sender)
        message["To"] = Address(addr_spec=to.address)
        message["Subject"] = letter.subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


def _namespace() -> str:
    return activity.info().namespace if activity.in_activity() else "default"
