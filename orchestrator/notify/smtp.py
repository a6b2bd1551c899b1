"""A mail server, and one mail to one recipient."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.notify.errors import AddressRefused, ChannelDown, Deferred

Tls = Literal["start", "auto", "none", "implicit"]
PERMANENT = range(500, 600)
FORM = "smtp://user:password@host:587?tls=start or smtps://user:password@host"


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed in, from a URL.

    `smtps://` speaks TLS from the first byte. `smtp://` speaks it after STARTTLS: always with `?tls=start`, never with
    `?tls=none`, and without either always when there is a password to protect, else if the server offers it.
    """

    host: str
    port: int | None
    user: str | None
    password: str | None = field(repr=False)
    tls: Tls
    timeout: timedelta
    """Of one mail, with its connection."""

    @classmethod
    def parse(cls, url: str, timeout: timedelta) -> "SmtpServer":
        """The server behind a URL.

        Raises:
            ConfigurationError: It is none; the message does not show it, for the password. *Not retryable.*
        """
        try:
            parts = urlsplit(url)
            port = parts.port
            query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError as error:
            raise ConfigurationError(f"The SMTP URL is malformed; write {FORM}.") from error
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
            raise ConfigurationError(f"The SMTP URL is not of the form {FORM}.")
        asked = query.pop("tls", [None])[-1]
        if query or asked not in ((None,) if parts.scheme == "smtps" else (None, "start", "none")):
            raise ConfigurationError(f"The SMTP URL says ?{parts.query}; known are tls=start and tls=none of smtp://.")
        user = unquote(parts.username) if parts.username else None
        tls: Tls = "implicit" if parts.scheme == "smtps" else "start" if asked == "start" or user else "auto"
        if asked == "none":
            tls = "none"
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, port, user, password, tls, timeout)

    @staticmethod
    def check() -> None:
        """Raises: MissingExtra, *not retryable:* aiosmtplib is not installed."""
        try:
            import aiosmtplib  # noqa: F401
        except ImportError as error:
            raise MissingExtra("Notices by mail", "email") from error

    async def deliver(self, message: EmailMessage, sender: str, to: str) -> None:
        """Hand in a mail; returns once the server has taken it.

        Raises:
            AddressRefused: The server will not take it for this recipient. *Not retryable.*
            Deferred: The server does not take it for this recipient now. *Retryable.*
            ChannelDown: The server does not answer, or wants nothing of us. *Retryable.*
        """
        from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPNotSupported, SMTPRecipientsRefused

        client = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls == "implicit",
            start_tls={"start": True, "auto": None}.get(self.tls, False),
            timeout=self.timeout.total_seconds(),
        )
        connected = False
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                await client.connect()
                connected = True
                await client.send_message(message, sender=sender, recipients=[to])
        except SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise _refused(refusal.code, refusal.message) from error
        except SMTPDataError as error:
            raise _refused(error.code, error.message) from error
        except SMTPNotSupported as error:
            raise (AddressRefused if connected else ChannelDown)(f"{self.host}: {error.message}") from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise ChannelDown(f"The mail server {self.host}: {_described(error)}") from error
        else:
            with contextlib.suppress(SMTPException, OSError, TimeoutError):  # it has the mail, whatever comes now
                await client.quit()
        finally:
            client.close()


def _refused(code: int, message: str) -> AddressRefused | Deferred:
    reason = f"{code} {' '.join(message.split())}"
    return AddressRefused(reason) if code in PERMANENT else Deferred(reason)


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(map(str, error.args))}".rstrip(": ")
