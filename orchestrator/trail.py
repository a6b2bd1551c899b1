"""The hash chain of an audit trail: whoever has the trail can tell whether a line was changed, dropped or put in."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from orchestrator.wire import Entry

UNTIED = {"hash"}


def tied(entry: Entry, previous: str) -> Entry:
    """The entry with its hash: SHA-256, in hexadecimal, over the hash before it and its own canonical JSON."""
    return entry.model_copy(update={"hash": _hash(entry, previous)})


def broken(entries: Sequence[Entry], previous: str = "") -> int | None:
    """The `seq` of the first entry that does not fit the ones before it; None if the chain holds.

    Args:
        entries: The trail, or a part of it.
        previous: The hash of the entry before the first one; empty for a whole trail.
    """
    expected = entries[0].seq if previous and entries else 1
    for entry in entries:
        if entry.seq != expected or entry.hash != _hash(entry, previous):
            return entry.seq
        previous, expected = entry.hash, expected + 1
    return None


def version(form: dict[str, Any] | None) -> str | None:
    """The version of a form: the first 12 hexadecimal digits of the SHA-256 of its canonical JSON."""
    return None if form is None else hashlib.sha256(_canonical(form)).hexdigest()[:12]


def _hash(entry: Entry, previous: str) -> str:
    body = entry.model_dump(mode="json", exclude=UNTIED)
    return hashlib.sha256(previous.encode() + b"\n" + _canonical(body)).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
