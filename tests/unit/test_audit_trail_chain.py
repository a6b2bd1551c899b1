"""The hash chain shows what was done to a trail afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.trail import broken, head, tied, version
from orchestrator.wire import Entry

Rows = list[dict[str, Any]]


@pytest.fixture
def entries() -> list[Entry]:
    found: list[Entry] = []
    for seq, what in enumerate(("opened", "reminded", "assigned", "decided", "opened"), 1):
        at = datetime(2026, 1, 31, 9, tzinfo=UTC) + timedelta(minutes=seq)
        entry = Entry(at=at, by="ann", what=what, task_id="t-1", detail={"näme": [seq, None, 0.1]}, seq=seq)
        found.append(tied(entry, found[-1].hash if found else ""))
    return found


@pytest.fixture
def rows(entries: list[Entry]) -> Rows:
    return [entry.model_dump(mode="json") for entry in entries]


def test_a_whole_trail_holds_as_entries_and_as_json(entries: list[Entry], rows: Rows) -> None:
    assert broken(entries) is None
    assert broken(rows) is None
    assert head(entries) == head(rows) == rows[-1]["hash"]


def test_an_empty_trail_holds_and_has_no_head() -> None:
    assert broken([]) is None
    assert head([]) is None


def changed(field: str, value: Any) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows[:2], {**rows[2], field: value}, *rows[3:]]


TAMPERED: dict[str, tuple[Callable[[Rows], Rows], int]] = {
    "another name": (changed("by", "eve"), 2),
    "a name that is no text": (changed("by", "\ud800"), 2),
    "another time": (changed("at", "2026-01-31T10:03:00Z"), 2),
    "another detail": (changed("detail", {"näme": [3, None, 0.2]}), 2),
    "a detail taken away": (changed("detail", None), 2),
    "a field put in": (changed("approved", "yes"), 2),
    "another hash": (changed("hash", "0" * 64), 2),
    "no hash": (changed("hash", None), 2),
    "another number": (changed("seq", 4), 2),
    "one dropped": (lambda rows: [*rows[:1], *rows[2:]], 1),
    "the first dropped": (lambda rows: rows[1:], 0),
    "one dropped, and the rest numbered anew": (
        lambda rows: [*rows[:1], *({**row, "seq": row["seq"] - 1} for row in rows[2:])],
        1,
    ),
    "one put in twice": (lambda rows: [*rows[:2], rows[1], *rows[2:]], 2),
    "one put in with a hash of its own": (
        lambda rows: [
            *rows[:2],
            tied(Entry.model_validate({**rows[2], "by": "eve"}), rows[1]["hash"]).model_dump(mode="json"),
            *rows[2:],
        ],
        3,
    ),
    "two exchanged": (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], 1),
}


@pytest.mark.parametrize(("tamper", "place"), TAMPERED.values(), ids=TAMPERED)
def test_the_first_entry_that_does_not_fit_is_named(rows: Rows, tamper: Callable[[Rows], Rows], place: int) -> None:
    assert broken(tamper(rows)) == place


def test_a_tail_that_was_cut_off_shows_only_in_the_head(rows: Rows) -> None:
    noted = head(rows)
    assert broken(rows[:-1]) is None
    assert head(rows[:-1]) != noted


def test_a_part_of_a_trail_is_checked_from_the_hash_before_it(rows: Rows) -> None:
    assert broken(rows[2:], rows[1]["hash"]) is None
    assert broken(rows[2:], rows[0]["hash"]) == 0


def test_fields_of_another_version_do_not_matter_while_they_are_null(rows: Rows) -> None:
    older = [{name: value for name, value in row.items() if value is not None} for row in rows]
    newer = [{**row, "device": None} for row in rows]
    assert broken(older) is None
    assert broken(newer) is None


def test_what_json_cannot_hold_breaks_no_chain() -> None:
    entry = Entry(at=datetime(2026, 1, 31, tzinfo=UTC), by="ann", what="decided", detail=[float("inf")], seq=1)
    assert broken([tied(entry, "")]) is None


def test_a_form_has_a_version_of_its_own_whatever_the_order_of_its_keys() -> None:
    form = {"type": "object", "title": "A"}
    assert version(form) == version(dict(reversed(form.items())))
    assert version(form) != version({**form, "title": "B"})
    assert version(None) is None
