"""Replies from an IMAP mailbox: the other door, where no mail server hands them to `orchestrator serve`.

By the standard library's `imaplib` in a thread: one short connection a poll. `aioimaplib` is alive and would save the
thread, but is one more dependency for what it is good at and a poll does not need, IDLE.
"""

import asyncio

from pydantic import BaseModel
from temporalio import activity

from activities.follow_up_mailbox import Mailbox
from activities.follow_up_settings import FollowUpSettings
from orchestrator.client import OrchestratorClient
from orchestrator.errors import Refused
from orchestrator.mail.replies import matched
from orchestrator.rpc import NotFound
from orchestrator.wire import Event


class Polled(BaseModel):
    """What a poll did."""

    delivered: int = 0
    """Replies that a workflow took; they are marked as read."""
    left: int = 0
    """Mails that answer none of ours, or come after the end: they stay unread, with a star, for people."""


class Inbox:
    """The activity `poll_inbox`."""

    def __init__(self, settings: FollowUpSettings) -> None:
        self.settings = settings

    @activity.defn
    async def poll_inbox(self) -> Polled:
        """Each new reply becomes an event, and is marked as read once its workflow has taken it.

        A poll that dies in between delivers a mail again, and the workflow drops it by its event id.

        Raises:
            OSError, imaplib.IMAP4.error: The mailbox does not answer, or refuses the login. *Retryable.*
            NoWorker, Unreachable: Nobody takes the events; the mails stay new. *Retryable.*
        """
        client = OrchestratorClient(activity.client())
        mailbox = await asyncio.to_thread(Mailbox, self.settings)
        polled = Polled()
        try:
            for uid in await asyncio.to_thread(mailbox.new):
                if await self._deliver(client, await asyncio.to_thread(mailbox.read, uid)):
                    await asyncio.to_thread(mailbox.mark_as_read, uid)
                    polled.delivered += 1
                else:
                    await asyncio.to_thread(mailbox.leave_to_people, uid)
                    polled.left += 1
                activity.heartbeat(uid)
        finally:
            await asyncio.to_thread(mailbox.close)
        return polled

    async def _deliver(self, client: OrchestratorClient, raw: bytes) -> bool:
        """Whether a workflow took it."""
        reply = await asyncio.to_thread(matched, raw, self.settings.reply_secret.get_secret_value())
        if reply is None:
            return False
        event = Event(name=reply.event, payload=reply.payload, event_id=reply.event_id)
        try:
            await client.event(reply.workflow_id, event)
        except (NotFound, Refused):
            return False
        return True
