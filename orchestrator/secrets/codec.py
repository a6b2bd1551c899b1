"""Temporal payloads, encrypted: what a history, a memo, a heartbeat and a failure hold."""

from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from orchestrator.secrets.keys import Keyring
from orchestrator.secrets.seal import Sealer

ENCODING = b"binary/encrypted"
"""As Temporal's own samples call it; the Web UI and the command line show it."""
KEY_ID = "encryption-key-id"


class EncryptionCodec(PayloadCodec):
    """Encrypts every payload with the current key, decrypts with whichever it names.

    A payload is bound to its namespace, and no further: Temporal itself copies payloads from an event to the next one.
    One that is not encrypted is taken as it is, so that other clients can go on sending plain JSON.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._sealer = Sealer(keyring, "payload")
        self._place = ("payload", keyring.namespace)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt."""
        key_id = self._sealer.keyring.current.id.encode()
        return [
            Payload(
                metadata={"encoding": ENCODING, KEY_ID: key_id},
                data=self._sealer.seal(payload.SerializeToString(), self._place),
            )
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt.

        Raises:
            KeyMissing: One is encrypted with a key that is not known here. *Retryable.*
            SealBroken: One was altered, or is of another namespace. *Not retryable.*
        """
        return [self._opened(payload) for payload in payloads]

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        return Payload.FromString(self._sealer.open(payload.data, self._place))
