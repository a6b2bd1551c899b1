"""The hash chain of an audit trail: whoever has the trail can tell whether a line was changed, dropped or put in.

The hash of an entry is the SHA-256, in hexadecimal, over the hash of the entry before (nothing, for the first one), a
newline, and the entry as JSON: without `hash` and without members that are null, keys sorted, no spaces, UTF-8. So a
version that knows more fields finds the same hashes.

What the chain alone cannot tell: that entries were cut off at its end, or that all of it was written anew. Who notes
the last hash elsewhere can tell that too.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.wire import Entry, Ref

JsonEntry = Mapping[str, Any]
"""An entry as the `audit` query answers it and an export holds it, also with fields that this version does not know."""


ARCHIVED = "archived"
"""Entries that tell where those before them are kept, once there are too many for the workflow itself."""


def tied(entry: Entry, previous: str) -> Entry:
    """The entry with its hash.

    Args:
        entry: Whatever stands in its own `hash` does not count.
        previous: The hash of the entry before; empty for the first one.
    """
    return entry.model_copy(update={"hash": _hash(_row(entry), previous)})


def broken(entries: Sequence[Entry | JsonEntry], previous: str = "") -> int | None:
    """The place, counted from 0, of the first entry that does not fit the ones before it; None if the chain holds.

    Args:
        entries: The trail, or a part of it.
        previous: The hash of the entry before the first one; empty for a whole trail.
    """
    rows = [_row(entry) for entry in entries]
    expected = rows[0].get("seq") if previous and rows else 1
    for place, row in enumerate(rows):
        if row.get("seq") != expected or row.get("hash") != _hash(row, previous):
            return place
        previous, expected = row["hash"], row["seq"] + 1
    return None


def head(entries: Sequence[Entry | JsonEntry]) -> str | None:
    """The hash of the last entry: noted elsewhere, it proves later that nothing was cut off or written anew."""
    return _row(entries[-1]).get("hash") if entries else None


def older(entries: Sequence[Entry | JsonEntry]) -> Ref | None:
    """Where the entries before the first one are kept; None: there are none, or nothing tells where."""
    first = _row(entries[0]).get("seq", 0) if entries else 0
    for entry in map(_row, entries):
        if entry.get("what") == ARCHIVED and entry["detail"]["last"] == first - 1:
            return Ref.model_validate(entry["detail"]["ref"])
    return None


def version(form: dict[str, Any] | None) -> str | None:
    """The version of a form: the first 12 hexadecimal digits of the SHA-256 of its canonical JSON."""
    return None if form is None else hashlib.sha256(_canonical(form)).hexdigest()[:12]


def _row(entry: Entry | JsonEntry) -> JsonEntry:
    # By way of text, as it travels: an infinite number becomes null there.
    row: JsonEntry = json.loads(entry.model_dump_json()) if isinstance(entry, Entry) else entry
    return row


def _hash(row: JsonEntry, previous: str) -> str:
    body = {name: value for name, value in row.items() if name != "hash" and value is not None}
    return hashlib.sha256(previous.encode() + b"\n" + _canonical(body)).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
