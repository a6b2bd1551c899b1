"""Failures as they go over the wire: short enough for the server to keep whole, and encrypted where payloads are.

Temporal keeps the last failure of a pending activity up to 4 KiB (`limit.mutableStateActivityFailureSize.error`). In
place of a longer one it says "Failure exceeds size limit.", and the type and the message of ours were hidden: a stack
through LangGraph and a database's driver, each error with its cause, is easily twice that.
"""

import contextlib

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter, DefaultFailureConverter
from temporalio.converter import PayloadConverter as AnyPayloadConverter

LIMIT = 3_000
"""Bytes of a failure with its causes; encrypting adds some 200 for each."""
CAUSES = 3
MESSAGE = 1_200
"""Characters of a message; its causes get a third."""
ENCODED = "Encoded failure"
"""What the SDK puts in place of a message that is encrypted."""


class ShortFailureConverter(DefaultFailureConverter):
    """Temporal's, keeping of each stack trace the innermost frames."""

    def to_failure(self, exception: BaseException, payload_converter: AnyPayloadConverter, failure: Failure) -> None:
        DefaultFailureConverter().to_failure(exception, payload_converter, failure)
        shorten(failure, payload_converter)


class EncodedFailureConverter(ShortFailureConverter):
    """One whose messages and stack traces are payloads, for a codec to encrypt: they quote what they failed on."""

    def to_failure(self, exception: BaseException, payload_converter: AnyPayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        for part in chain(failure):
            if part.HasField("encoded_attributes"):
                continue
            said = {"message": part.message, "stack_trace": part.stack_trace}
            part.encoded_attributes.CopyFrom(payload_converter.to_payloads([said])[0])
            part.message, part.stack_trace = ENCODED, ""


def chain(failure: Failure) -> list[Failure]:
    """A failure and its causes, outermost first."""
    parts = [failure]
    while parts[-1].HasField("cause"):
        parts.append(parts[-1].cause)
    return parts


def shorten(failure: Failure, payload_converter: AnyPayloadConverter) -> None:
    """Cut what is too long, in place: the outermost frames first, then causes of causes and the ends of messages."""
    parts = chain(failure)
    for part in parts:
        with contextlib.suppress(Exception):  # for want of a key, it stays encrypted
            _decode(part, payload_converter)
    if len(parts) > CAUSES + 1:
        parts = parts[: CAUSES + 1]
        parts[-1].ClearField("cause")
    traces = [part.stack_trace for part in parts]
    for depth, part in enumerate(parts):
        part.message = beginning(part.message, MESSAGE // 3 if depth else MESSAGE)
        part.stack_trace = ""
    room = (LIMIT - failure.ByteSize()) // len(parts)
    for part, trace in zip(parts, traces, strict=True):
        part.stack_trace = ending(trace, room)


def beginning(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def ending(trace: str, limit: int) -> str:
    """The last whole lines of a stack trace that fit."""
    if len(trace.encode()) <= limit:
        return trace
    kept: list[str] = []
    for line in reversed(trace.splitlines(keepends=True)):
        limit -= len(line.encode())
        if limit < len("…\n".encode()):
            break
        kept.append(line)
    return "…\n" + "".join(reversed(kept)) if kept else ""


async def legible(failure: Failure, converter: DataConverter) -> Failure:
    """A failure as the server has it, without the server's remark that it was too long, and with the message and the
    stack trace that were encrypted; as it is where that cannot be."""
    found = Failure()
    found.CopyFrom(failure.cause if failure.HasField("server_failure_info") and failure.HasField("cause") else failure)
    try:
        if converter.payload_codec is not None:
            await converter.payload_codec.decode_failure(found)
        for part in chain(found):
            _decode(part, converter.payload_converter)
    except Exception:  # noqa: BLE001 - no key for it: there is the rest
        return failure
    return found


def _decode(part: Failure, payload_converter: AnyPayloadConverter) -> None:
    """Put a message and a stack trace that were made a payload back into their place."""
    if part.HasField("encoded_attributes"):
        said = payload_converter.from_payloads([part.encoded_attributes])[0]
        part.message, part.stack_trace = said.get("message", ""), said.get("stack_trace", "")
        part.ClearField("encoded_attributes")
