from typing import Any

import pytest
from langgraph.types import interrupt
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, decide, open_tasks, output, serving

BYTES = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"\xff{"))
STRANGE = RawValue(Payload(metadata={"encoding": b"binary/strange"}, data=b"?"))
GOOD = {"action": "approve", "by": "bob"}

MALFORMED: dict[str, tuple[str, tuple[Any, ...], str]] = {
    "a decision that is text": ("decide", ("approve",), "Decision must be a JSON object, not a string"),
    "a decision that is nothing": ("decide", (None,), "Decision must be a JSON object"),
    "a decision without a sender": ("decide", ({"action": "approve"},), "by: Field required"),
    "a decision by nobody": ("decide", (GOOD | {"by": ""},), "by: "),
    "an action there is not": ("decide", (GOOD | {"action": "aprove"},), "action: "),
    "an unknown field": ("decide", (GOOD | {"valuse": 1},), "valuse: Extra inputs are not permitted"),
    "no argument": ("decide", (), "One JSON object is expected, not 0 arguments"),
    "several arguments": ("decide", (GOOD, GOOD), "One JSON object is expected, not 2 arguments"),
    "bytes that are no JSON": ("decide", (BYTES,), "cannot be decoded"),
    "an encoding nobody knows": ("decide", (STRANGE,), "cannot be decoded"),
    "an event without a name": ("event", ({"payload": 1},), "signal event: Event is malformed: name: Field required"),
    "an event that is a number": ("event", (7,), "signal event: Event must be a JSON object"),
    "bytes as an event": ("event", (BYTES,), "signal event: The payload cannot be decoded"),
    "a pause by nobody": ("pause", ({},), "signal pause: Operator is malformed: by: Field required"),
    "an unknown signal": ("decied", (GOOD,), "signal decied: unknown; known are decide, event, pause and resume"),
    "an unknown signal with bytes": ("decied", (BYTES,), "signal decied: "),
}


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


@pytest.mark.parametrize(("name", "arguments", "words"), MALFORMED.values(), ids=MALFORMED)
async def test_are_audited_as_refused_and_the_workflow_completes_all_the_same(
    name: str, arguments: tuple[Any, ...], words: str
) -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        await handle.signal(name, args=arguments)
        (entry,) = await audited(handle, "refused")
        assert words in entry["detail"]
        assert "\n" not in entry["detail"]
        assert await open_tasks(handle) == [task]
        await decide(handle, values="fine")
        assert await output(handle) == {"log": ["fine"]}
