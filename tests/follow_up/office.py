"""The whole follow-up on a time-skipping server, with a real mail server, and customers who reply over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from activities.follow_up import register
from activities.follow_up_outcomes import Outcomes
from activities.follow_up_settings import FollowUpSettings
from demo.journal import Journal
from demo.mailroom import Mailroom, Received
from graphs.follow_up_case import FollowUpCase
from orchestrator import Orchestrator
from orchestrator.mail.replies import matched
from orchestrator.testing import Served, serving
from orchestrator.testing.served import Handle
from tests.follow_up.mails import CUSTOMER, SECRET, reply_to
from workflows.follow_up import FollowUp
from workflows.follow_up_inbox import PollInbox

PATIENCE_SECONDS = 20


def case(customer: str = "ann", **more: Any) -> FollowUpCase:
    """A customer who had an offer."""
    given = {"campaign": "spring", "customer": customer, "name": "Ann", "email": CUSTOMER, "offer": "A heat pump"}
    return FollowUpCase.model_validate(given | more)


class Office:
    """One follow-up at a time."""

    def __init__(self, local: Served, mailroom: Mailroom, outcomes: Outcomes) -> None:
        self.local = local
        self.mailroom = mailroom
        self.outcomes = outcomes

    async def follow_up(self, of: FollowUpCase | None = None) -> Handle:
        """A started one."""
        of = of or case()
        return await self.local.client.start_workflow(
            "FollowUp", of.model_dump(mode="json"), id=of.workflow_id, task_queue=self.local.task_queue
        )

    async def mail(self) -> Received:
        """The next mail that a customer gets."""
        return await asyncio.wait_for(self.mailroom.unread.get(), PATIENCE_SECONDS)

    async def reply(self, mail: Received, text: str, **more: Any) -> str:
        """Reply to a mail: the receipt's status."""
        return await self.deliver(reply_to(mail, text, **more))

    async def deliver(self, raw: bytes) -> str:
        """Hand in a raw mail: the receipt's status."""
        reply = matched(raw, SECRET)
        assert reply is not None
        event = {"name": reply.event, "payload": reply.payload, "event_id": reply.event_id}
        handle = self.local.client.get_workflow_handle(reply.workflow_id)
        receipt: dict[str, Any] = await handle.execute_update("submit_event", event)
        return str(receipt["status"])

    @property
    def subjects(self) -> list[str]:
        """Of all mails that were delivered."""
        return [mail.subject for mail in self.mailroom.delivered.values()]


@asynccontextmanager
async def office(folder: Path, **settings: Any) -> AsyncIterator[Office]:
    """Serves `FollowUp`."""
    mailroom = Mailroom(Journal(folder / "mail.jsonl"))
    async with mailroom.open() as port:
        app = Orchestrator("follow-up-tests")
        outcomes = folder / "outcomes.db"
        register(
            app,
            FollowUpSettings(
                reply_secret=SecretStr(SECRET),
                smtp_port=port,
                outbox=folder / "outbox.db",
                outcomes=outcomes,
                **settings,
            ),
        )
        app.workflow(FollowUp)
        app.workflow(PollInbox)
        async with serving(app) as local:
            yield Office(local, mailroom, Outcomes(outcomes))
