"""From whatever a client sent to a model, or to a refusal in one line that names the field."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.common import RawValue

from orchestrator.errors import Refused
from orchestrator.json_types import json_type
from orchestrator.large import MOST_BYTES, size
from orchestrator.model import reasons

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], payload: Any) -> M:
    """The payload as a model.

    Raises:
        Refused: It does not fit; the message names each field that does not.
    """
    if isinstance(payload, model):
        return payload
    if not isinstance(payload, dict):
        raise Refused(f"{model.__name__} must be a JSON object, not {json_type(payload)}.")
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise Refused(f"{model.__name__} is malformed: {reasons(error)}.") from None


def check_size(value: Any, field: str) -> None:
    """Whether the workflow can hand a value on to an activity.

    Raises:
        Refused: It is too large; the message says what to do.
    """
    if (found := size(value)) > MOST_BYTES:
        raise Refused(
            f"The {field} have {found} bytes, and a message holds {MOST_BYTES}: keep them beside the checkpoints and "
            f"send {field}_ref, as our client does."
        )


def decode(args: Sequence[RawValue]) -> Any:
    """The one argument of a signal.

    Raises:
        Refused: There is none, there are several, or its bytes are no JSON.
    """
    if len(args) != 1:
        raise Refused(f"One JSON object is expected, not {len(args)} arguments.")
    try:
        return workflow.payload_converter().from_payload(args[0].payload)
    except Exception as error:  # whatever a stranger's bytes provoke in a converter must not wedge the workflow task
        raise Refused(f"The payload cannot be decoded: {error}.") from error
