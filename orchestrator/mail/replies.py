"""How a mail's reply finds the workflow that wrote the mail: the Message-ID says it, and no database is needed.

    message["Message-ID"] = message_id(workflow_id, "reply", secret=secret, domain="mail.example.com", key=key)
    ...
    reply = matched(raw, secret)  # None: not an answer to a mail of ours
    if reply is not None:
        await client.event(reply.workflow_id, Event(name=reply.event, payload=reply.payload, event_id=reply.event_id))

Every mail program repeats the Message-ID of what it answers in `In-Reply-To` and `References`. Ours is

    <o1.(workflow id).(event).(digest of the key).(HMAC)@domain>

in base64url, so nobody can send an event to a workflow that never wrote to them: that needs the secret. What it does
not say is who wrote the reply, since whoever has seen the mail can answer it: `payload["from"]` is only what they say.
"""

import base64
import binascii
import hashlib
import hmac
import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser, BytesParser
from email.policy import EmailPolicy
from typing import TYPE_CHECKING, Any, cast

from orchestrator.mail.text import new_text
from orchestrator.model import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage

LONGEST_ID = 250
"""Characters of a Message-ID, brackets included."""
MARK = "o1"
"""What our Message-IDs begin with: the version of their form."""
KEY_BYTES = 9
HMAC_BYTES = 12
DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
BRACKETED = re.compile(r"<([^<>]{1,998})>")
OURS = re.compile(r"(o1\.([\w-]+)\.([\w-]+)\.[\w-]+)\.([\w-]+)@", re.ASCII)
MOST_IDS = 200
LONGEST_REFERENCES = 50_000
"""Characters: of a hostile `References` the end is looked at, where the latest are."""
LONGEST_HEADER = 1000
"""Characters of any other header's value that are read."""
MOST_PARTS = 100
"""A MIME mail with more is matched, but its text is not read: each costs the parser dearly."""
AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "bulk", "junk", "list"})


class Reply(Record):
    """The answer to a mail of ours, as the event that it is."""

    workflow_id: str
    event: str
    event_id: str
    """The same for each copy of the same mail."""
    payload: dict[str, Any]
    """`from`, `to`, `subject`, `date`, `text` (what is new in it, without the quoted original), `message_id`,
    `in_reply_to`, and `auto_submitted`: a machine wrote it (out of office, a bounce, a list)."""


def message_id(workflow_id: str, event: str, *, secret: str, domain: str, key: str) -> str:
    """The Message-ID of a mail whose reply is to come to a workflow as an event, with its angle brackets.

    Args:
        workflow_id: Who waits.
        event: For which event.
        secret: Known to the sender of the mail and to the receiver of the reply.
        domain: The right side of the id, usually the sender's mail domain.
        key: An idempotency key: the same key gives the same id, on each attempt to send the mail.

    Raises:
        ValueError: The id would be over 250 characters, or domain or secret make no sense. *Not retryable.*
    """
    if not DOMAIN.fullmatch(domain):
        raise ValueError(f"domain={domain!r} is no mail domain; give one like mail.example.com.")
    digest = _encoded(hashlib.sha256(key.encode()).digest()[:KEY_BYTES])
    signed = f"{MARK}.{_encoded(workflow_id.encode())}.{_encoded(event.encode())}.{digest}"
    made = f"<{signed}.{_signature(signed, secret)}@{domain}>"
    if len(made) > LONGEST_ID:
        raise ValueError(
            f"The workflow id {workflow_id!r} ({len(workflow_id)} characters) with the event {event!r} makes a "
            f"Message-ID of {len(made)} characters, and {LONGEST_ID} is the most: use a shorter workflow id."
        )
    return made


def matched(raw: bytes, secret: str) -> Reply | None:
    """What a raw mail answers, or None if that is no mail of ours.

    Any bytes may come. The caller limits their size, and has a thread for it: a hostile megabyte takes a second or two.
    """
    headers = Headers(raw)
    address = next(filter(None, (_address(id_, secret) for id_ in headers.answered())), None)
    if address is None:
        return None
    workflow_id, event = address
    own_id = next(iter(headers.ids("Message-ID")), None)
    return Reply(
        workflow_id=workflow_id,
        event=event,
        event_id=f"mail-{hashlib.sha256(own_id.encode() if own_id else raw).hexdigest()[:32]}",
        payload={
            "from": headers.text("From"),
            "to": headers.text("To"),
            "subject": headers.text("Subject"),
            "date": headers.text("Date"),
            "text": _text(raw),
            "message_id": own_id,
            "in_reply_to": next(iter(headers.ids("In-Reply-To")), None),
            "auto_submitted": headers.automatic(),
        },
    )


class Headers:
    """The headers of a raw mail, as they came: the standard library's structured ones raise on hostile values."""

    def __init__(self, raw: bytes) -> None:
        parsed = BytesHeaderParser(policy=ShortHeaders()).parsebytes(raw)
        self._values: dict[str, list[str]] = {}
        for name, value in parsed.raw_items():
            utf8 = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            self._values.setdefault(name.lower(), []).append(utf8)

    def ids(self, name: str) -> list[str]:
        """The Message-IDs in a header, in order, with their brackets; whatever was folded into them is gone."""
        found = []
        for value in self._values.get(name.lower(), ()):
            unfolded = _decoded(value) if "=?" in value else value
            found += ["<" + re.sub(r"\s+", "", inside) + ">" for inside in BRACKETED.findall(unfolded)]
        return found

    def answered(self) -> list[str]:
        """What the mail answers, the likeliest first."""
        return [*self.ids("In-Reply-To")[:MOST_IDS], *reversed(self.ids("References")[-MOST_IDS:])]

    def text(self, name: str) -> str:
        """A header's value, decoded, in one line; empty without one."""
        value = next(iter(self._values.get(name.lower(), ())), "")
        return " ".join(_decoded(value).split())

    def automatic(self) -> bool:
        """Whether a machine wrote the mail: RFC 3834, and what was used before it."""
        said = self.text("Auto-Submitted").partition(";")[0].strip().lower()
        return (
            said not in ("", "no")
            or self.text("Return-Path") == "<>"
            or self.text("Content-Type").lower().startswith("multipart/report")
            or self.text("Precedence").lower() in AUTOMATIC_PRECEDENCE
            or any(name in self._values for name in ("x-autoreply", "x-autorespond"))
        )


class ShortHeaders(EmailPolicy):
    """Cuts each header off: a Content-Type of a megabyte takes the standard library minutes."""

    def header_source_parse(self, sourcelines: "Sequence[str]") -> tuple[str, str]:
        name, value = super().header_source_parse(list(sourcelines))
        many = name.lower() in ("references", "in-reply-to")
        return name, value[-LONGEST_REFERENCES:] if many else value[:LONGEST_HEADER]


def _address(id_: str, secret: str) -> tuple[str, str] | None:
    """Workflow id and event, if the Message-ID is one of ours."""
    found = OURS.match(id_, 1)
    if found is None or not hmac.compare_digest(found[4], _signature(found[1], secret)):
        return None
    try:
        return _plain(found[2]), _plain(found[3])
    except (binascii.Error, UnicodeDecodeError):  # signed, but not by message_id()
        return None


def _signature(signed: str, secret: str) -> str:
    if not secret:
        raise ValueError("The secret is empty, and everybody could forge a Message-ID; set one.")
    return _encoded(hmac.digest(secret.encode(), b"orchestrator.replies\n" + signed.encode(), "sha256")[:HMAC_BYTES])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _plain(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def _decoded(value: str) -> str:
    """A header's value with its encoded words decoded, as far as they can be."""
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, MessageError):  # an unknown character set, or broken base64
        return value


def _text(raw: bytes) -> str:
    """What the sender wrote; empty when there is none that can be read."""
    if raw.count(b"\n--") > MOST_PARTS:
        return ""
    try:
        mail = cast("EmailMessage", BytesParser(policy=ShortHeaders()).parsebytes(raw))
        body = mail.get_body(("plain", "html"))
        return "" if body is None else new_text(body.get_content(), html=body.get_content_subtype() == "html")
    except Exception:  # noqa: BLE001 - broken MIME raises whatever the parser stumbles over; the reply still counts
        return ""
