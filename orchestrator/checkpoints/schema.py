"""Versions of our own tables, and what brings a database from one to the next.

A migration is a file in `migrations/` that is never changed once released. Its steps only add (tables, nullable
columns, indexes, functions under new names), so that workers of the release before go on; each may be repeated. What no
release in use needs any more is dropped by a later migration, which says so in its `oldest`.
"""

import re
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import LiteralString, cast

from orchestrator.errors import SchemaMismatch

STEP = re.compile(r"^-- step: \w+$", re.MULTILINE)
OLDEST = re.compile(r"^-- oldest: (\d+)$", re.MULTILINE)
RELEASE = version("hybrid-orchestrator")


@dataclass(frozen=True, slots=True)
class Migration:
    """From the version before to this one."""

    version: int
    steps: tuple[LiteralString, ...]
    """One statement each."""
    oldest: int = 1
    """A release made for an older version than this no longer works once it is done."""


def load_migrations(database: str) -> tuple[Migration, ...]:
    """All of them, for `postgres` or `sqlite`, in order."""
    folder = files("orchestrator.checkpoints").joinpath("migrations")
    found = {}
    for file in folder.iterdir():
        if match := re.fullmatch(rf"{database}_(\d+)\.sql", file.name):
            about, *steps = STEP.split(file.read_text(encoding="utf-8"))
            oldest = OLDEST.search(about)
            given = tuple(cast("LiteralString", step.strip()) for step in steps)
            found[int(match[1])] = Migration(int(match[1]), given, int(oldest[1]) if oldest else 1)
    return tuple(found[number] for number in sorted(found))


@dataclass(frozen=True, slots=True)
class Schema:
    """What stands in a database."""

    version: int = 0
    """Of our tables; 0: there are none. A database from before there were versions has 1."""
    oldest: int = 1
    """A release made for an older version than this does not work with it."""
    recorded: int = 0
    """The latest migration that is written down there."""
    behind: str = ""
    """Which tables of LangGraph's are older than the package that is installed here; empty: none."""

    def mismatch(self, where: str, migrations: tuple[Migration, ...]) -> SchemaMismatch | None:
        """Why this release does not work with the database; None: it does.

        Args:
            where: The database, for the message, which says what was found, what is needed, and what to do.
            migrations: Those that this release knows.
        """
        needed = migrations[-1].version
        if self.version == 0:
            return SchemaMismatch(f"{where} has no tables of ours: run `orchestrator setup`.")
        if self.version < needed:
            return SchemaMismatch(
                f"{where} has schema version {self.version}, and release {RELEASE} needs {needed}: run `orchestrator "
                "setup` of this release. Workers of the release before go on meanwhile."
            )
        if self.oldest > needed:
            return SchemaMismatch(
                f"{where} has schema version {self.version}, for releases that know {self.oldest} or later; release "
                f"{RELEASE} knows {needed}: deploy a newer one."
            )
        if self.behind:
            return SchemaMismatch(f"{where} has {self.behind}: run `orchestrator setup` with what is installed here.")
        return None

    def check(self, where: str, migrations: tuple[Migration, ...]) -> None:
        """Refuse a database that this release does not work with.

        Raises:
            SchemaMismatch: See `mismatch`. *Retryable:* somebody can migrate it.
        """
        if (mismatch := self.mismatch(where, migrations)) is not None:
            raise mismatch

    def missing(self, where: str, migrations: tuple[Migration, ...]) -> tuple[Migration, ...]:
        """The migrations that were not done yet.

        Raises:
            SchemaMismatch: Only newer releases work with the database. *Retryable.*
        """
        if self.oldest > migrations[-1].version:
            self.check(where, migrations)
        return tuple(each for each in migrations if each.version > self.recorded)
