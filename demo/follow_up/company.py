"""The company's mail server: a real one, that hands each mail to `orchestrator serve` and takes it only if that does.

A real MTA does so by a pipe or a milter. What `serve` cannot take just now (no worker answers), is answered with 451:
the sender keeps the mail and tries again, as mail servers do.
"""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiosmtpd.smtp import SMTP

from demo.journal import Journal

LATER, NOT_FOUND, GONE = 500, 404, 409
"""HTTP: from 500 on it is worth trying again; 404 and 409 say that nobody waits for the reply."""


class CompanyMail:
    """Takes mail for the company.

    Args:
        url: Of `orchestrator serve`.
        inbound_secret: Shared with it, `whsec_…`.
        journal: Gets a line for each mail: `accepted`, `duplicate`, `ignored`, `late` or `deferred`.
    """

    def __init__(self, url: str, inbound_secret: str, journal: Journal) -> None:
        self.url = url
        self.key = base64.b64decode(inbound_secret.removeprefix("whsec_"))
        self.journal = journal
        self._http = httpx.AsyncClient(trust_env=False, timeout=30)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The server while the block runs; yields its port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="company", loop=loop), "127.0.0.1", 0)
        async with self._http:
            try:
                yield server.sockets[0].getsockname()[1]
            finally:
                server.close()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by aiosmtpd for each mail."""
        what = await self._hand_in(envelope.original_content)
        self.journal.append(what=what, sender=envelope.mail_from)
        return "451 Try again later" if what == "deferred" else "250 OK"

    async def _hand_in(self, raw: bytes) -> str:
        delivery, now = hashlib.sha256(raw).hexdigest(), str(int(time.time()))
        signed = b".".join((delivery.encode(), now.encode(), raw))
        headers = {
            "content-type": "message/rfc822",
            "webhook-id": delivery,
            "webhook-timestamp": now,
            "webhook-signature": f"v1,{base64.b64encode(hmac.digest(self.key, signed, 'sha256')).decode()}",
        }
        try:
            answer = await self._http.post(f"{self.url}/mail", content=raw, headers=headers)
        except httpx.TransportError:
            return "deferred"
        if answer.status_code >= LATER:
            return "deferred"
        if answer.status_code in (NOT_FOUND, GONE):
            return "late"
        answer.raise_for_status()
        status: str = answer.json()["status"]
        return status
