"""Standard Webhooks signatures: HMAC-SHA256 over `{id}.{timestamp}.{body}`.

Our own thirty lines, because the reference library decodes the body as UTF-8, which a mail need not be, and raises
whatever it stumbles over on a malformed header; the tests sign with it.
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from http import HTTPStatus

from orchestrator.errors import ConfigurationError
from orchestrator.serve.problems import Problem

ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
"""How old, or how far ahead, a delivery may be: whoever has recorded one cannot send it again later."""
MIN_KEY_BYTES = 24
ID = re.compile(r"[!-\-/-~]{1,200}")
"""Printable ASCII without the full stop, which separates the parts of what is signed."""
TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Signatures:
    """Checks deliveries against the shared secrets.

    Args:
        secrets: `whsec_` and base64 of at least 24 bytes; several, separated by commas, while one is being replaced.

    Raises:
        ConfigurationError: A secret is malformed or too short. The message does not show it. *Not retryable.*
    """

    def __init__(self, secrets: str) -> None:
        self._keys = [_key(secret.strip()) for secret in secrets.split(",") if secret.strip()]
        if not self._keys:
            raise _senseless("is empty")

    def check(self, headers: Mapping[str, str], body: bytes) -> str:
        """The delivery's id, the same each time that the sender tries.

        Raises:
            Problem: 401: there is no signature, it is not by any of the secrets, or it is older than five minutes.
        """
        delivery, sent = headers.get(ID_HEADER, ""), headers.get(TIME_HEADER, "")
        if not delivery or not sent:
            raise _refused(f"The headers {ID_HEADER}, {TIME_HEADER} and {SIGNATURE_HEADER} are needed.")
        if not ID.fullmatch(delivery):
            raise _refused(f"The {ID_HEADER} is no id of a delivery.")
        if not TIMESTAMP.fullmatch(sent):
            raise _refused(f"The {TIME_HEADER} is no number of seconds since 1970.")
        if abs(time.time() - int(sent)) > TOLERANCE_SECONDS:
            raise _refused(f"The {TIME_HEADER} is more than {TOLERANCE_SECONDS} seconds away from the time here.")
        signed = b".".join((delivery.encode(), sent.encode(), body))
        given = [one.removeprefix("v1,") for one in headers.get(SIGNATURE_HEADER, "").split() if one.startswith("v1,")]
        for key in self._keys:
            expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
            if any(hmac.compare_digest(expected, one.encode("latin-1", "replace")) for one in given):
                return delivery
        raise _refused(f"The {SIGNATURE_HEADER} does not fit the body and the shared secret.")


def _key(secret: str) -> bytes:
    try:
        digits = secret.removeprefix(PREFIX).rstrip("=")
        key = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _senseless("is no base64") from error
    if len(key) < MIN_KEY_BYTES:
        raise _senseless(f"has {len(key)} bytes")
    return key


def _senseless(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"ORCHESTRATOR_INBOUND_SECRET {what}; write {PREFIX} and base64 of at least {MIN_KEY_BYTES} random bytes: "
        f'`echo "{PREFIX}$(openssl rand -base64 32)"` makes one.'
    )


def _refused(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "StandardWebhooks"})
