import imaplib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestrator.devserver import free_port
from tests.follow_up.mails import raw, reply_to
from tests.follow_up.office import Office, office

NEW = ("UNSEEN", "UNFLAGGED")
LEFT = ("UNSEEN", "FLAGGED")


class Imap:
    """An IMAP server, and its one folder as a mail server fills it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = imaplib.IMAP4("127.0.0.1", port, timeout=10)
        self.connection.login("sales", "secret")
        self.connection.create("Replies")
        self.connection.select("Replies")

    def deliver(self, mail: bytes) -> None:
        """A mail comes in."""
        assert self.connection.append("Replies", "", "", mail)[0] == "OK"

    def count(self, *criteria: str) -> int:
        """How many mails fit."""
        self.connection.select("Replies")
        return len(self.connection.search(None, *criteria)[1][0].split())


@pytest.fixture
def imap() -> Iterator[Imap]:
    port = free_port()
    server = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    with subprocess.Popen([*server, "dict", "--demo-data", "--demo-user", "sales", "--demo-password", "secret"]) as ran:
        running = _connected(port, ran)
        yield running
        running.connection.logout()
        ran.kill()


def _connected(port: int, server: subprocess.Popen[bytes]) -> Imap:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert server.poll() is None, "the IMAP server did not start"
        try:
            return Imap(port)
        except ConnectionRefusedError:
            continue
    raise AssertionError("the IMAP server does not answer")


@asynccontextmanager
async def polling_office(folder: Path, imap: Imap) -> AsyncIterator[Office]:
    mailbox = {
        "imap_host": "127.0.0.1",
        "imap_port": imap.port,
        "imap_tls": False,
        "imap_user": "sales",
        "imap_password": SecretStr("secret"),
        "imap_folder": "Replies",
    }
    async with office(folder, **mailbox) as at:
        yield at


async def poll(at: Office) -> Any:
    assert at.local.environment is not None
    with at.local.environment.auto_time_skipping_disabled():
        return await (await at.local.start("PollInbox")).result()


async def test_a_reply_is_marked_as_read_once_its_workflow_has_it(tmp_path: Path, imap: Imap) -> None:
    async with polling_office(tmp_path, imap) as at:
        handle = await at.follow_up()
        imap.deliver(reply_to(await at.mail(), "Yes"))
        assert await poll(at) == {"delivered": 1, "left": 0}
        assert imap.count("SEEN") == 1
        assert (await handle.result())["outcome"] == "yes"
        assert await poll(at) == {"delivered": 0, "left": 0}


async def test_a_reply_that_was_delivered_but_not_marked_counts_once(tmp_path: Path, imap: Imap) -> None:
    async with polling_office(tmp_path, imap) as at:
        await at.follow_up()
        reply = reply_to(await at.mail(), "What does it cost?")
        assert await at.deliver(reply) == "accepted"  # and the poll died
        imap.deliver(reply)
        assert await poll(at) == {"delivered": 1, "left": 0}
        assert imap.count(*NEW) == 0


async def test_other_mails_stay_unread_for_people(tmp_path: Path, imap: Imap) -> None:
    async with polling_office(tmp_path, imap) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        await at.reply(mail, "No")
        await handle.result()
        imap.deliver(reply_to(mail, "One more thing."))
        imap.deliver(raw("An order", message="<2@elsewhere.example>"))
        assert await poll(at) == {"delivered": 0, "left": 2}
        assert imap.count(*LEFT) == 2
        assert await poll(at) == {"delivered": 0, "left": 0}
