"""What LangChain's middleware would raise on, long after the human has gone home, is refused at once."""

from typing import Any, Literal

import pytest

from tests.support.agents import mailer
from tests.support.local import open_tasks, output, refusal, serving, submit

START = {"messages": [{"role": "user", "content": "Write to them."}]}
TO_BOB = {"to": "bob", "text": "hi"}
TO_EVE = {"to": "eve", "text": "hi"}

REFUSED: dict[str, tuple[str, Any, str]] = {
    "a decision that the tool does not allow": ("respond", "I called him", "respond"),
    "an edit that is no action": ("edit", {"to": "eve"}, "name"),
    "too few decisions": ("approve", [{"type": "approve"}], "2"),
    "a decision of a kind there is not": ("approve", [{"type": "approve"}, {"type": "maybe"}], "maybe"),
}


@pytest.mark.parametrize(("action", "values", "words"), REFUSED.values(), ids=REFUSED)
async def test_of_a_batch(action: str, values: Any, words: str) -> None:
    async with serving(agent=mailer(TO_BOB, TO_EVE, allowed=("approve", "edit"))) as local:
        handle = await local.graph("agent", START)
        await open_tasks(handle)
        reason = await refusal(handle, "submit_decision", {"action": action, "by": "ann", "values": values})
        assert words in reason
        await submit(handle)
        await output(handle)


@pytest.mark.parametrize(
    ("action", "values"),
    [("respond", "I called him"), ("edit", {"to": "eve"}), ("edit", {"name": "delete_all", "args": TO_BOB})],
)
async def test_of_a_single_call(action: Literal["edit", "respond"], values: Any) -> None:
    async with serving(agent=mailer(TO_BOB, mode="per_call", allowed=("approve", "edit"))) as local:
        handle = await local.graph("agent", START)
        await open_tasks(handle)
        await refusal(handle, "submit_decision", {"action": action, "by": "ann", "values": values})
        await submit(handle)
        await output(handle)
