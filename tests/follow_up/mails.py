"""Mails as customers send them."""

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from orchestrator.mail.replies import Reply, matched, message_id

SECRET = "a secret of the follow-up's tests"
CUSTOMER = "ann@customers.example"


def ours(workflow_id: str = "follow-up/spring/ann", key: str = "1", secret: str = SECRET) -> str:
    """The Message-ID of a mail of ours."""
    return message_id(workflow_id, "reply", secret=secret, domain="company.example", key=key)


def raw(body: str = "Yes", *headers: str, message: str = "<1@customers.example>") -> bytes:
    """A mail with these header lines, besides the usual."""
    usual = [f"Message-ID: {message}"] if message else []
    usual += [f"From: Ann <{CUSTOMER}>", "To: sales@company.example", "Subject: Re: Your offer"]
    return "\r\n".join([*usual, *headers, "", *body.splitlines(), ""]).encode()


def read(body: str, *headers: str) -> Reply:
    """A reply to a mail of ours, as it is read."""
    reply = matched(raw(body, f"In-Reply-To: {ours()}", *headers), SECRET)
    assert reply is not None
    return reply


def reply_to(mail: Any, text: str, *, sender: str | None = None, **headers: str) -> bytes:
    """The raw reply to a mail that a customer got, written above the quoted original as most programs do.

    Args:
        mail: A `demo.mailroom.Received`.
        text: What the customer writes.
        sender: Who writes, if not whom it was sent to.
        headers: More of them, `_` for `-`.
    """
    message = EmailMessage(policy=SMTP.clone(max_line_length=900))
    message["Message-ID"] = headers.pop("message_id", f"<re-{abs(hash((mail.message_id, text)))}@customers.example>")
    message["From"] = sender or mail.to
    message["To"] = "sales@company.example"
    message["Subject"] = headers.pop("subject", f"Re: {mail.subject}")
    message["In-Reply-To"] = mail.message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    message.set_content(f"{text}\n\nOn 3 May 2026, 10:00, Sales wrote:\n{quoted}\n")
    return message.as_bytes()
