"""Real servers that behave as badly as they are told: SMTP and HTTP."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass(frozen=True)
class Mail:
    """A mail that the server took."""

    to: str
    content: EmailMessage

    def part(self, subtype: str) -> str:
        """The text of its `plain` or `html` part."""
        found = self.content.get_body((cast("Any", subtype),))
        assert found is not None
        return str(found.get_content())


class MailServer:
    """An SMTP server.

    Args:
        options: Of aiosmtpd's `SMTP`.
    """

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.taken: list[Mail] = []
        self.answers: dict[str, str] = {}
        """To RCPT, by address; without one the server takes it."""
        self.budget: int | None = None
        """How many more mails it takes before it breaks every connection instead."""
        self.port = 0
        self.tries = 0
        self.arrived: asyncio.Queue[Mail] = asyncio.Queue()
        self.turned_away: asyncio.Queue[str] = asyncio.Queue()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["MailServer"]:
        """The server while the block runs."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.test", loop=loop, **self.options), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.tries += 1
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        else:
            self.turned_away.put_nowait(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.budget is not None:
            if self.budget == 0:
                server.transport.abort()
                return "421 dead"
            self.budget -= 1
        content = message_from_bytes(envelope.content, policy=default)
        for to in envelope.rcpt_tos:
            self.taken.append(Mail(to, content))
            self.arrived.put_nowait(self.taken[-1])
        return "250 OK"

    def to(self) -> list[str]:
        """Whom it took mail for, sorted."""
        return sorted(mail.to for mail in self.taken)


def authenticator(user: str, password: str) -> Any:
    """Takes one user with one password."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        fits = isinstance(given, LoginPassword) and given == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=fits, handled=fits)

    return check


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """TLS of the server's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@dataclass(frozen=True)
class Posted:
    """A request that the server got."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """An HTTP server.

    Args:
        answers: One for each request, as status and headers; the last one for all after it.
    """

    def __init__(self, *answers: tuple[int, dict[str, str]]) -> None:
        self.answers = list(answers) or [(200, {})]
        self.got: list[Posted] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=hidden"

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Receiver"]:
        """The server while the block runs."""
        app = web.Application()
        app.router.add_post("/hook", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.got.append(Posted({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        status, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, headers=headers, text="so it is")
