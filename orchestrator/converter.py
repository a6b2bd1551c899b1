"""The data converter of every client and worker: pydantic's, with malformed input as the failure `BadInput`."""

from typing import Any

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter, DefaultPayloadConverter
from temporalio.exceptions import ApplicationError

from orchestrator.model import reasons


class StrictJSONConverter(PydanticJSONPlainPayloadConverter):
    """A payload that does not fit its type is BadInput, *not retryable*: as start input it fails the workflow at once.

    As a plain validation error it would fail the workflow task instead, which Temporal retries for ever.
    """

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        try:
            return super().from_payload(payload, type_hint)
        except ValidationError as error:
            name = getattr(type_hint, "__name__", str(type_hint))
            raise ApplicationError(
                f"{name} is malformed: {reasons(error)}", type="BadInput", non_retryable=True
            ) from error


class PayloadConverter(CompositePayloadConverter):
    """Temporal's default converters, JSON being ours."""

    def __init__(self) -> None:
        json = StrictJSONConverter()
        super().__init__(
            *(
                json if converter.encoding == json.encoding else converter
                for converter in DefaultPayloadConverter.default_encoding_payload_converters
            )
        )


DATA_CONVERTER = DataConverter(payload_converter_class=PayloadConverter)
