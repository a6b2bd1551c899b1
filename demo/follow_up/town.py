"""Where the customers live: they read their mail and reply over SMTP, each by their habit."""

import asyncio
from collections import defaultdict
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

import aiosmtplib

from demo.follow_up.customers import Customer
from demo.mailroom import Mailroom, Received
from orchestrator.mail.replies import message_id

ANSWER_SECONDS = 0.3
"""How long people take for what takes them days."""
TRY_AGAIN_SECONDS = 0.5
"""How long a customer's mail server waits when ours defers a mail."""
REFUSED = 500
"""SMTP: from here on, trying again does not help."""
UNFOLDED = SMTP.clone(max_line_length=900)
GUESS = "a guess"
AWAY = "I am out of the office, and yes, I read no mails."


class Town:
    """All the customers.

    Args:
        people: Who lives there.
        mailroom: Their mail server.
        company_port: SMTP port of the company.
    """

    def __init__(self, people: list[Customer], mailroom: Mailroom, company_port: int) -> None:
        self.people = {customer.case.email: customer for customer in people}
        self.mailroom = mailroom
        self.company_port = company_port
        self.sent: defaultdict[str, list[str]] = defaultdict(list)
        """By address: the Message-IDs of what was sent, each once."""
        self._read: defaultdict[str, int] = defaultdict(int)
        self._queue: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def live(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as replies:
            while True:
                mail = await self.mailroom.unread.get()
                replies.create_task(self._answer(self.people[mail.to], mail))

    async def forge(self, customer: Customer) -> None:
        """Somebody who knows the customer, but not our mail, says yes in the customer's name."""
        guessed = message_id(customer.case.workflow_id, "reply", secret=GUESS, domain="company.example", key="1")
        await self._send(
            _reply(Received(guessed, customer.case.email, "Your offer", ""), "Yes, go ahead."), customer.case.email
        )

    async def _answer(self, customer: Customer, mail: Received) -> None:
        """What the customer does with the first mail, the second, and so on."""
        self._read[mail.to] += 1
        number = self._read[mail.to]
        await asyncio.sleep(ANSWER_SECONDS)
        match customer.habit, number:
            case ("agrees", 1) | ("asks" | "asks twice" | "names a day" | "needs a reminder", 2):
                await self._reply(mail, "Yes, go ahead.")
            case "declines", 1:
                await self._reply(mail, "No, thank you.")
            case "asks", 1:
                await self._reply(mail, "What does it cost?")
            case "asks twice", 1:
                await self._reply(mail, "What does it cost?", copies=2)
            case "is away", 1:
                await self._reply(mail, AWAY, Auto_Submitted="auto-replied", Precedence="bulk")
                await asyncio.sleep(ANSWER_SECONDS)
                await self._reply(mail, "Back again. Yes, go ahead.")
            case "names a day", 1:
                await self._reply(mail, "Not now, please ask again in 2 days.")
            case "unsubscribes", 1:
                await self._reply(mail, "Unsubscribe")

    async def _reply(self, mail: Received, text: str, *, copies: int = 1, **headers: str) -> None:
        async with self._queue[mail.to]:  # what is deferred is not overtaken
            reply = _reply(mail, text, **headers)
            self.sent[mail.to].append(str(reply["Message-ID"]))
            for _ in range(copies):
                await self._send(reply, mail.to)

    async def _send(self, mail: EmailMessage, sender: str) -> None:
        """As a mail server does: again, until it is taken."""
        while True:
            try:
                await aiosmtplib.send(
                    mail.as_bytes(policy=UNFOLDED),
                    sender=sender,
                    recipients=["sales@company.example"],
                    hostname="127.0.0.1",
                    port=self.company_port,
                    start_tls=False,
                )
            except aiosmtplib.SMTPDataError as error:
                if error.code >= REFUSED:
                    raise
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                return


def _reply(mail: Received, text: str, **headers: str) -> EmailMessage:
    reply = EmailMessage(policy=UNFOLDED)
    reply["Message-ID"] = make_msgid(domain="customers.example")
    reply["From"] = mail.to
    reply["To"] = "sales@company.example"
    reply["Subject"] = f"Re: {mail.subject}"
    reply["In-Reply-To"] = mail.message_id
    reply["References"] = mail.message_id
    for name, value in headers.items():
        reply[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    reply.set_content(f"{text}\n\nOn 3 May 2026 at 10:00, Sales wrote:\n{quoted}\n")
    return reply
