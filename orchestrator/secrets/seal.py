"""AES-256-GCM, with the place that a value belongs to as associated data.

A sealed value is `MAGIC · header · salt · nonce · ciphertext and tag`. The header names the key and the place (a row of
the database, a namespace), which stands beside it in clear anyway; both and the salt are authenticated.

A key never encrypts by itself. Each sealer draws a salt, derives a key of its own from it, and takes another salt long
before GCM's limit for random nonces: so any number of workers may share a key for as long as they like.
"""

import functools
import hmac
import itertools
import json
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import MissingExtra, SealBroken
from orchestrator.secrets.keys import Keyring

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"\xc1orch1"
"""How a sealed value begins. No MessagePack, JSON or UTF-8 does."""
LENGTHS = struct.Struct(">BI")
SALT_BYTES, NONCE_BYTES = 16, 12
SEALS_PER_SALT = 2**30
"""NIST allows 2**32 random nonces with one key."""

Place = Sequence[str]
"""What a value is, and where it belongs: `("value", key)`."""


def is_sealed(data: object) -> bool:
    """Whether a value is a sealed one."""
    return isinstance(data, bytes) and data.startswith(MAGIC)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The parts of a sealed value; nothing of them has been verified."""

    key_id: str
    place: tuple[str, ...]
    salt: bytes
    nonce: bytes
    ciphertext: bytes
    header: bytes

    @classmethod
    def of(cls, data: bytes) -> "Sealed":
        """Take a sealed value apart.

        Raises:
            SealBroken: It is cut short, or none. *Not retryable.*
        """
        try:
            begin = len(MAGIC) + LENGTHS.size
            key_length, place_length = LENGTHS.unpack_from(data, len(MAGIC))
            cuts = [begin]
            for length in (key_length, place_length, SALT_BYTES, NONCE_BYTES):
                cuts.append(cuts[-1] + length)
            key_id, place, salt, nonce = (data[one:next_] for one, next_ in itertools.pairwise(cuts))
            names = tuple(map(str, json.loads(place)))
            return cls(key_id.decode(), names, salt, nonce, data[cuts[-1] :], data[: cuts[3]])
        except (ValueError, TypeError, struct.error) as error:
            raise SealBroken("An encrypted value is cut short or damaged; restore it from a backup.") from error


class Sealer:
    """Seals values for one purpose.

    Args:
        keyring: The keys.
        purpose: What for: keys of two purposes have nothing in common.

    Raises:
        MissingExtra: The extra `encryption` is not installed. *Not retryable.*
    """

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        try:
            import cryptography  # noqa: F401
        except ImportError as error:
            raise MissingExtra("Encryption", "encryption") from error
        self.keyring = keyring
        self.purpose = purpose
        self._salt = os.urandom(SALT_BYTES)
        self._sealed = 0

    def seal(self, data: bytes, place: Place) -> bytes:
        """The value, to be read only as what `place` says."""
        self._sealed += 1
        if self._sealed % SEALS_PER_SALT == 0:
            self._salt = os.urandom(SALT_BYTES)
        key, salt, nonce = self.keyring.current, self._salt, os.urandom(NONCE_BYTES)
        named = json.dumps(list(place), separators=(",", ":")).encode()
        header = MAGIC + LENGTHS.pack(len(key.id), len(named)) + key.id.encode() + named + salt
        return header + nonce + _cipher(key.secret, self.purpose, salt).encrypt(nonce, data, header)

    def open(self, data: bytes, place: Place) -> bytes:
        """The value in clear.

        Raises:
            SealBroken: It was sealed for another place, or altered. *Not retryable.*
            KeyMissing: Its key is not known here. *Retryable.*
        """
        sealed = Sealed.of(data)
        if sealed.place != tuple(place):
            raise misplaced(sealed.place, place)
        return self.open_anywhere(sealed)

    def open_anywhere(self, sealed: Sealed) -> bytes:
        """The value in clear; the caller has looked at its place.

        Raises:
            SealBroken: It was altered. *Not retryable.*
            KeyMissing: Its key is not known here. *Retryable.*
        """
        from cryptography.exceptions import InvalidTag

        if len(sealed.nonce) < NONCE_BYTES:
            raise SealBroken("An encrypted value is cut short; restore it from a backup.")
        key = self.keyring.key(sealed.key_id)
        try:
            cipher = _cipher(key.secret, self.purpose, sealed.salt)
            return cipher.decrypt(sealed.nonce, sealed.ciphertext, sealed.header)
        except InvalidTag as error:
            raise SealBroken(
                f"The encrypted value of {_named(sealed.place)} does not fit its key {sealed.key_id!r}: it was "
                "altered, or another key has that id here. Restore it from a backup, or mend the keys."
            ) from error


def misplaced(found: Place, expected: Place) -> SealBroken:
    """The error of a value that stands where it was not put."""
    return SealBroken(
        f"An encrypted value stands at {_named(expected)}, and was written for {_named(found)}: somebody moved or "
        "copied rows of the database. Restore it from a backup."
    )


def _named(place: Place) -> str:
    return " / ".join(part or "''" for part in place)


@functools.lru_cache(maxsize=4096)
def _cipher(secret: bytes, purpose: str, salt: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(secret, b"orchestrator " + purpose.encode() + b"\0" + salt, "sha256"))
