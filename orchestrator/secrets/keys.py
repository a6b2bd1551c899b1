"""Keys by id, for one Temporal namespace: the first encrypts, every one decrypts."""

import base64
import binascii
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.errors import ConfigurationError, KeyMissing

KEY_BYTES = 32
"""AES-256."""
ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
REREAD_SECONDS = 5.0
"""The shortest time between two looks at the source for a key that is not known: somebody may have added it."""
FORM = "Write [NAMESPACE/]ID:KEY, KEY being 32 bytes in base64 (`orchestrator keys new` makes one)"


@dataclass(frozen=True, slots=True)
class Key:
    """One AES-256 key."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as a setting or a file has it."""

    key: Key
    namespace: str | None
    """Whose alone it is; None: every namespace's."""


class Keyring:
    """The keys of one namespace.

    Args:
        namespace: Temporal's.
        read: Where they come from; the first one is the current one. Asked again for a key id that is not known.
        reread_seconds: At most that often.

    Raises:
        ConfigurationError: There is none, or two share an id. *Not retryable.*
    """

    def __init__(
        self, namespace: str, read: Callable[[], Sequence[Key]], *, reread_seconds: float = REREAD_SECONDS
    ) -> None:
        self.namespace = namespace
        self._read = read
        self._reread_seconds = reread_seconds
        self._load()

    @property
    def current(self) -> Key:
        """The one to encrypt with."""
        return self._current

    def key(self, key_id: str) -> Key:
        """The one to decrypt with.

        Raises:
            KeyMissing: It is not known here. *Retryable:* an operator can add it.
        """
        refused = ""
        if key_id not in self._keys and time.monotonic() - self._read_at >= self._reread_seconds:
            try:
                self._load()
            except ConfigurationError as error:
                refused = f" They could not be read again: {error}"
        try:
            return self._keys[key_id]
        except KeyError:
            raise KeyMissing(
                f"Key {key_id!r} of namespace {self.namespace!r} is not known here; known are: "
                f"{', '.join(self._keys)}. Add it behind the current one, where ORCHESTRATOR_ENCRYPTION_* takes the "
                f"keys from.{refused}"
            ) from None

    def _load(self) -> None:
        self._read_at = time.monotonic()
        keys = list(self._read())
        if not keys:
            raise ConfigurationError(
                f"There is no encryption key for namespace {self.namespace!r}: add one that is its own "
                f"({self.namespace}/ID:KEY) or everybody's (ID:KEY)."
            )
        self._keys = {key.id: key for key in keys}
        if len(self._keys) < len(keys):
            raise ConfigurationError(f"Two encryption keys of namespace {self.namespace!r} have the same id.")
        self._current = keys[0]


def parse(text: str, where: str) -> list[Entry]:
    """The keys in a text: one a line or separated by commas, `#` beginning a comment.

    Raises:
        ConfigurationError: One of them makes no sense; the message shows none of it but its place. *Not retryable.*
    """
    lines = (line.partition("#")[0] for line in text.splitlines())
    words = [word.strip() for line in lines for word in line.split(",")]
    return [_entry(word, f"{where}, key {number}") for number, word in enumerate(filter(None, words), 1)]


def key_of(key_id: str, secret: bytes, where: str) -> Key:
    """A key, checked.

    Raises:
        ConfigurationError: Its id or its length makes no sense. *Not retryable.*
    """
    if not ID.fullmatch(key_id):
        raise ConfigurationError(f"{where}: its id is not of letters, digits, '.', '_' and '-'. {FORM}.")
    if len(secret) != KEY_BYTES:
        raise ConfigurationError(f"{where} ({key_id}) has {len(secret)} bytes and not {KEY_BYTES}. {FORM}.")
    return Key(key_id, secret)


def of_namespace(entries: Iterable[Entry], namespace: str) -> list[Key]:
    """A namespace's own keys first, then everybody's."""
    entries = list(entries)
    own = [entry.key for entry in entries if entry.namespace == namespace]
    return own + [entry.key for entry in entries if entry.namespace is None]


def read_file(path: Path) -> list[Entry]:
    """The keys in a file.

    Raises:
        ConfigurationError: It cannot be read, or a key makes no sense. *Not retryable.*
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"ORCHESTRATOR_ENCRYPTION_KEYS_FILE={str(path)!r} cannot be read: {error}") from error
    return parse(text, str(path))


def _entry(word: str, where: str) -> Entry:
    name, _, encoded = word.partition(":")
    namespace, slash, key_id = name.rpartition("/")
    try:
        secret = base64.b64decode(encoded.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"{where} is not in base64. {FORM}.") from None
    return Entry(key_of(key_id, secret, where), namespace if slash else None)
