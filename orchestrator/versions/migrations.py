"""What an application does to the state of threads that an older version of a graph has left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]
"""A graph's state by key; as its nodes see it, where it is no schema's instance."""


@dataclass(frozen=True)
class Migration:
    """One migration of one graph; see `Orchestrator.migrate`."""

    name: str
    graph: str
    fingerprints: frozenset[str]
    when: Callable[[Values], bool] | None
    function: Callable[[Values], Values]

    def fits(self, fingerprint: str | None, values: Values) -> bool:
        """Whether it is meant for a thread with this fingerprint and this state."""
        if self.fingerprints and fingerprint not in self.fingerprints:
            return False
        return self.when is None or self.when(values)


def migrate(migrations: Sequence[Migration], fingerprint: str | None, values: Values) -> tuple[Values, list[str]]:
    """The state after every migration that fits, in the order of their registration, and their names.

    Raises:
        Exception: Whatever a migration raises.
    """
    done: list[str] = []
    for migration in migrations:
        if migration.fits(fingerprint, values):
            values = dict(migration.function(dict(values)))
            done.append(migration.name)
    return values, done
