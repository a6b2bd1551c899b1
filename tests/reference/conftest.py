"""Real services for the reference application: the credit bureau in a process of its own, and a mail server."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from activities.outbox import Outbox
from activities.post import SmtpPost
from demo.journal import Journal
from demo.mailroom import Mailroom
from graphs.bureau import BureauClient
from orchestrator.devserver import free_port
from tests.reference.bureau import BureauProcess


@pytest.fixture(scope="session")
def bureau_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BureauProcess]:
    """One bureau for the whole run; each test asks about files of its own."""
    ledger = Journal(tmp_path_factory.mktemp("bureau") / "ledger.jsonl")
    port = free_port()
    arguments = [sys.executable, "-m", "demo.bureau", "--port", str(port), "--ledger", str(ledger.path)]
    with subprocess.Popen(arguments) as process:
        running = BureauProcess(f"http://127.0.0.1:{port}", ledger)
        deadline = time.monotonic() + 30
        while not running.up() and time.monotonic() < deadline:
            assert process.poll() is None, "the bureau did not start"
        yield running
        process.terminate()


@pytest.fixture
async def bureau(bureau_process: BureauProcess) -> AsyncIterator[BureauClient]:
    """A client of the bureau, which is up."""
    async with httpx.AsyncClient(trust_env=False) as http:
        await http.post(f"{bureau_process.url}/admin/outage", json={"seconds": 0})
    client = BureauClient(bureau_process.url)
    yield client
    await client.aclose()


@pytest.fixture
def mailroom(tmp_path: Path) -> Mailroom:
    """A mail store."""
    return Mailroom(Journal(tmp_path / "mail.jsonl"))


@pytest.fixture
async def post(mailroom: Mailroom, tmp_path: Path) -> AsyncIterator[SmtpPost]:
    """Carries mail to the mail store, over SMTP."""
    async with mailroom.open() as port:
        yield SmtpPost("127.0.0.1", port, "loans@lender.example", Outbox(tmp_path / "outbox.db"))
