"""A pending activity's failure of more than 4 KiB is cut by the server, and the rest can no longer be decrypted."""

import secrets

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter

from orchestrator.converter import PayloadConverter
from orchestrator.failures import EncodedFailureConverter, legible
from orchestrator.secrets.codec import EncryptionCodec
from orchestrator.secrets.keys import Keyring, key_of

KEPT_BY_THE_SERVER = 4096
KEY = key_of("2026", secrets.token_bytes(32), "a test")


def failing(calls: int) -> None:
    if calls == 0:
        raise ValueError('{"ssn": "078-05-1120"}' * 200)
    try:
        failing(calls - 1)
    except ValueError as error:
        raise ValueError(f"call {calls} failed") from error


async def test_under_the_servers_limit_when_it_is_encrypted() -> None:
    converter = DataConverter(
        payload_converter_class=PayloadConverter,
        payload_codec=EncryptionCodec(Keyring("default", lambda: [KEY])),
        failure_converter_class=EncodedFailureConverter,
    )
    failure = Failure()
    try:
        failing(30)
    except ValueError as error:
        await converter.encode_failure(error, failure)
    assert failure.ByteSize() < KEPT_BY_THE_SERVER
    assert "call 30" not in str(failure)
    assert (await legible(failure, converter)).message == "call 30 failed"
