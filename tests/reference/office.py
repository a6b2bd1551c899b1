"""The whole mortgage application on a time-skipping server, with the real bureau and a real mail server."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from activities.mortgage import register
from activities.settings import MortgageSettings
from demo.mailroom import Mailroom
from graphs.application import LoanApplication
from orchestrator import Orchestrator
from orchestrator.testing import Served, serving
from orchestrator.testing.served import Handle
from tests.reference.bureau import BureauProcess
from workflows.mortgage import MortgageUnderwriting


@asynccontextmanager
async def office(bureau: BureauProcess, mailroom: Mailroom, folder: Path) -> AsyncIterator[Served]:
    """Serves `MortgageUnderwriting`."""
    async with mailroom.open() as port:
        app = Orchestrator("mortgage-tests")
        settings = MortgageSettings(bureau_url=bureau.url, smtp_port=port, outbox=folder / "outbox.db")
        client = register(app, settings)
        app.workflow(MortgageUnderwriting)
        async with aclosing(client), serving(app) as local:
            yield local


async def file(local: Served, application: LoanApplication, **more: Any) -> Handle:
    """A started underwriting; `more` are fields that its input has beside the application's."""
    return await local.start("MortgageUnderwriting", application.model_dump(mode="json") | more)


def letters(mailroom: Mailroom) -> list[str]:
    """The subjects of the letters that were delivered, after the application's id."""
    subjects = [mail.subject for mail in mailroom.delivered.values()]
    return [subject.rpartition(": ")[2] for subject in subjects if subject.startswith("Your")]
