"""The data converter of every client and worker: pydantic's, with malformed input as the failure `BadInput`, and with
every payload encrypted if the settings name keys."""

from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
)
from temporalio.exceptions import ApplicationError

from orchestrator.errors import KeyMissing
from orchestrator.failures import EncodedFailureConverter, ShortFailureConverter
from orchestrator.model import reasons
from orchestrator.settings import Settings

ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


class StrictJSONConverter(PydanticJSONPlainPayloadConverter):
    """A payload that does not fit its type is BadInput, *not retryable*: as start input it fails the workflow at once.

    As a plain validation error it would fail the workflow task instead, which Temporal retries for ever.
    """

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        try:
            if isinstance(type_hint, type) and issubclass(type_hint, BaseModel):
                # By its own validator: an adapter would be built anew for each workflow, which took a third of its CPU.
                return type_hint.model_validate_json(payload.data)
            if type_hint is None:
                return ANYTHING.validate_json(payload.data)
            return super().from_payload(payload, type_hint)
        except ValidationError as error:
            name = getattr(type_hint, "__name__", str(type_hint))
            raise ApplicationError(
                f"{name} is malformed: {reasons(error)}", type="BadInput", non_retryable=True
            ) from error


class EncryptedPayloadConverter(EncodingPayloadConverter):
    """Says of what is encrypted that there are no keys here. With keys, the codec has decrypted it before."""

    @property
    def encoding(self) -> str:
        return "binary/encrypted"

    def to_payload(self, value: Any) -> Payload | None:  # noqa: ARG002 - it is the codec that encrypts
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ARG002 - see above
        key_id = payload.metadata.get("encryption-key-id", b"").decode(errors="replace")
        raise KeyMissing(
            f"A payload is encrypted with key {key_id!r}, and there are no keys here: set "
            "ORCHESTRATOR_ENCRYPTION_KEYS, or the file or the function that has them."
        )


class PayloadConverter(CompositePayloadConverter):
    """Temporal's default converters, JSON being ours."""

    def __init__(self) -> None:
        json = StrictJSONConverter()
        super().__init__(
            *(
                json if converter.encoding == json.encoding else converter
                for converter in DefaultPayloadConverter.default_encoding_payload_converters
            ),
            EncryptedPayloadConverter(),
        )


DATA_CONVERTER = DataConverter(payload_converter_class=PayloadConverter, failure_converter_class=ShortFailureConverter)
"""Without encryption."""


def data_converter(settings: Settings, namespace: str) -> DataConverter:
    """The one of a client or worker of this namespace.

    Raises:
        ConfigurationError: The keys make no sense. *Not retryable.*
        MissingExtra: There are keys, and the extra `encryption` is not installed. *Not retryable.*
    """
    from orchestrator.secrets.configured import keyring

    keys = keyring(settings, namespace)
    if keys is None:
        return DATA_CONVERTER
    from orchestrator.secrets.codec import EncryptionCodec

    return DataConverter(
        payload_converter_class=PayloadConverter,
        payload_codec=EncryptionCodec(keys),
        failure_converter_class=EncodedFailureConverter,
    )
