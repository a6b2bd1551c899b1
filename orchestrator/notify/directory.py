"""From the names in assignees to addresses."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from orchestrator.errors import ConfigurationError
from orchestrator.model import reasons
from orchestrator.notify.channel import Recipient

Entries = Mapping[str, str | Sequence[str]]
Lookup = Callable[[str], Awaitable[str | Sequence[str] | None]]
"""The addresses and names behind a name; None if there is nobody of that name."""

ENTRIES = TypeAdapter(dict[str, str | list[str]])
MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", re.ASCII)
"""What we take for a mail address: no quoted local parts, and nothing that could end a header or an SMTP command."""
GROUP = "group:"
SLACK = "slack:"
"""What a Slack member or user group id begins with: `slack:U024BE7LH`, `slack:S0614TZR7`."""

log = structlog.get_logger(__name__)


class Directory:
    """Who is behind a name.

    Args:
        source: `{"ann": "ann@x.org", "group:underwriters": ["ann", "bob"]}`, groups may hold groups; or a JSON file
            of that, read again for each notice; or an async function from one name to what is behind it.
    """

    def __init__(self, source: "Entries | Path | Lookup | Directory | None" = None) -> None:
        if isinstance(source, Directory):
            source = source.source
        self.source: Entries | Path | Lookup = {} if source is None else source
        self._last_good: Entries = {}

    def check(self) -> None:
        """Read it once.

        Raises:
            ConfigurationError: The file cannot be read, or names go round in circles. *Not retryable.*
        """
        if isinstance(self.source, Path):
            self._last_good = _checked(_read(self.source))
        elif not callable(self.source):
            _checked(self.source)

    async def find(self, names: Iterable[str]) -> list[Recipient]:
        """Everybody behind these names, each address once. A name that nobody has is skipped, with a warning.

        Raises:
            ConfigurationError: Names go round in circles. *Not retryable.*
        """
        lookup = self.source if callable(self.source) else _in(self._current())
        found: dict[str, Recipient] = {}
        for name in dict.fromkeys(names):
            for recipient in await _behind(name, lookup, ()):
                known = found.setdefault(recipient.address.lower(), recipient)
                if recipient.groups - known.groups:
                    found[recipient.address.lower()] = replace(known, groups=known.groups | recipient.groups)
        return list(found.values())

    def _current(self) -> Entries:
        """The entries; of a file that somebody has just broken, those that it had before."""
        assert not callable(self.source)
        if not isinstance(self.source, Path):
            return self.source
        try:
            self._last_good = _checked(_read(self.source))
        except ConfigurationError as error:
            log.warning("the directory cannot be read; what it said before still counts", reason=str(error))
        return self._last_good


def is_mail(address: str) -> bool:
    """Whether mail can go there."""
    return MAIL.fullmatch(address) is not None and ".." not in address


async def _behind(name: str, lookup: Lookup, path: tuple[str, ...]) -> list[Recipient]:
    """The recipients behind one name, which stands in the directory under the last name of `path`."""
    is_address = is_mail(name) or name.startswith(SLACK)
    if name in path:
        if not is_address:
            raise _circle(name, path)
        entry = None  # `{"ann@x.org": ["ann@x.org", "slack:U1"]}`: whose name is their address
    else:
        entry = await lookup(name)
    if entry is None:
        if is_address:
            return [Recipient(name, _person(name, path), _groups(path))]
        log.warning("nobody of that name in the directory", name=name, listed_under=list(path))
        return []
    values = [entry] if isinstance(entry, str) else entry
    return [recipient for value in values for recipient in await _behind(value, lookup, (*path, name))]


def _person(address: str, path: tuple[str, ...]) -> str:
    return path[-1] if path and not path[-1].startswith(GROUP) else address


def _groups(path: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.removeprefix(GROUP) for name in path if name.startswith(GROUP))


def _in(entries: Entries) -> Lookup:
    async def lookup(name: str) -> str | Sequence[str] | None:
        return entries.get(name)

    return lookup


def _checked(entries: Entries) -> Entries:
    """The entries, if none of them leads back to itself."""
    done: set[str] = set()

    def follow(name: str, path: tuple[str, ...]) -> None:
        if name in path and not is_mail(name):
            raise _circle(name, path)
        if name in path or name in done:
            return
        entry = entries.get(name, ())
        for value in [entry] if isinstance(entry, str) else entry:
            follow(value, (*path, name))
        done.add(name)

    for name in entries:
        follow(name, ())
    return entries


def _circle(name: str, path: tuple[str, ...]) -> ConfigurationError:
    way = " → ".join([*path[path.index(name) :], name])
    return ConfigurationError(f"The directory goes round in circles: {way}. Take one of them out of the other.")


def _read(path: Path) -> Entries:
    try:
        return ENTRIES.validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"The directory {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise ConfigurationError(
            f'The directory {path} is not of the form {{"ann": "ann@x.org", "group:all": ["ann"]}}: {reasons(error)}.'
        ) from error
