"""Tasks that ask for proof of who decides."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.identity.tokens import mint
from orchestrator.settings import Settings
from orchestrator.testing import time_skipping, worker
from tests.identity.keys import AUDIENCE, ISSUER, SECRET, shared
from tests.support.graphs import EMPTY
from tests.support.local import Handle, Local, application, decide, open_tasks, output, refusal, submit
from tests.tasks.desk import asking, recorded, replay, told

KEYS = Settings(
    checkpoints="memory://",
    search_attributes=False,
    drain_seconds=1,
    token_secret=SECRET,
    token_issuer=ISSUER,
    token_audience=AUDIENCE,
)
GRAPHS = {
    "signed": asking(identity="signed"),
    "named": asking(identity="named", assignees=["group:payers", "bob"]),
    "twice": asking(identity="signed", quorum=2),
    "any": asking(),
}


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    app = application(**GRAPHS)
    async with time_skipping() as environment, worker(app, environment.client, KEYS):
        yield Local(environment.client, app.name, environment)


async def opened(local: Local, graph: str) -> tuple[Handle, str]:
    handle = await local.graph(graph, EMPTY)
    (task,) = await open_tasks(handle)
    return handle, task["task_id"]


def token(handle: Handle, task: str, subject: str = "ann", *groups: str, **changed: Any) -> str:
    bound = {"secret": SECRET, "issuer": ISSUER, "audience": AUDIENCE, "workflow_id": handle.id, "task_id": task}
    return mint(**{**bound, "subject": subject, "groups": groups, **changed})


async def test_with_a_good_token_count_and_the_history_replays_without_keys(local: Local) -> None:
    handle, task_id = await opened(local, "signed")
    await submit(handle, token=token(handle, task_id), task_id=task_id)
    assert await output(handle) == {"log": [{"action": "approve", "by": "ann"}]}
    assert await told(handle, "decided") == [("decided", "ann", "update")]
    await replay(handle)


@pytest.mark.parametrize(("subject", "groups"), [("bob", ()), ("eve", ("payers",))])
async def test_count_of_those_who_are_named_or_in_a_group_that_is(
    local: Local, subject: str, groups: tuple[str, ...]
) -> None:
    handle, task_id = await opened(local, "named")
    await submit(handle, by=subject, token=token(handle, task_id, subject, *groups))
    assert (await output(handle))["log"][0]["by"] == subject


@pytest.mark.parametrize(("subject", "groups"), [("eve", ()), ("eve", ("seniors",)), ("payers", ()), ("group:x", ())])
async def test_of_nobody_else_count(local: Local, subject: str, groups: tuple[str, ...]) -> None:
    handle, task_id = await opened(local, "named")
    decision = {"action": "approve", "by": subject, "token": token(handle, task_id, subject, *groups)}
    assert f"{subject} is not among those who are asked" in await refusal(handle, "submit_decision", decision)
    assert await told(handle, "refused") == [("refused", subject, "update")]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "forged": ({"secret": "another secret of more than thirty-two bytes"}, "signature does not fit its key"),
    "expired": ({"lifetime": timedelta(minutes=-5)}, "The token expired at"),
    "of another task": ({"task_id": "signed-2"}, "bound to task signed-2"),
    "of another workflow": ({"workflow_id": "loan-9"}, "bound to another workflow: loan-9"),
    "of another person": ({"subject": "bob"}, "The token is bob's"),
    "of another issuer": ({"issuer": "https://x.org"}, "another issuer's"),
    "for another audience": ({"audience": "x"}, "another audience"),
}


@pytest.mark.parametrize("via", ["signal", "update"])
@pytest.mark.parametrize(("changed", "reason"), BAD.values(), ids=BAD)
async def test_with_a_token_that_is_not_good_are_refused_and_audited(
    local: Local, changed: dict[str, Any], reason: str, via: str
) -> None:
    handle, task_id = await opened(local, "signed")
    decision = {"action": "approve", "by": "ann", "token": token(handle, task_id, **changed)}
    if via == "update":
        assert reason in await refusal(handle, "submit_decision", decision)
    else:
        await handle.signal("decide", decision)
    (line,) = await recorded(handle, "refused")
    assert reason in line["detail"]
    assert (line["by"], line["via"]) == ("ann", via)
    assert len(await open_tasks(handle)) == 1
    await replay(handle)


async def test_without_a_token_are_refused_before_anything_is_recorded(local: Local) -> None:
    handle, task_id = await opened(local, "signed")
    reason = await refusal(handle, "submit_decision", {"action": "approve", "by": "ann"})
    assert reason == f"Task {task_id} takes signed decisions only: send a token."
    claim = {"task_id": task_id, "action": "claim", "by": "ann"}
    assert await refusal(handle, "assign", claim) == reason
    assert await told(handle, "refused") == []
    await decide(handle)
    assert (await recorded(handle, "refused"))[0]["detail"] == reason


async def test_count_once_for_each_token(local: Local) -> None:
    handle, task_id = await opened(local, "twice")
    used = token(handle, task_id)
    await submit(handle, token=used)
    await submit(handle, "edit", by="bob", values={}, token=token(handle, task_id, "bob"))
    again = {"action": "approve", "by": "ann", "token": used}
    assert await refusal(handle, "submit_decision", again) == "The token was used already."
    await submit(handle, token=token(handle, task_id))
    assert (await output(handle))["log"][0]["by"] == "ann"


async def test_sent_again_under_the_same_id_are_told_that_they_count(local: Local) -> None:
    handle, task_id = await opened(local, "twice")
    sent = {"token": token(handle, task_id), "decision_id": "d-1"}
    assert (await submit(handle, **sent))["status"] == "pending_quorum"
    assert (await submit(handle, **sent))["status"] == "duplicate"
    await handle.signal("decide", {"action": "approve", "by": "ann", **sent})
    assert await told(handle, "refused") == []


async def test_by_a_token_that_a_claim_has_used_are_refused(local: Local) -> None:
    handle, task_id = await opened(local, "signed")
    used = token(handle, task_id)
    await handle.execute_update("assign", {"task_id": task_id, "action": "claim", "by": "ann", "token": used})
    again = {"action": "approve", "by": "ann", "token": used}
    assert await refusal(handle, "submit_decision", again) == "The token was used already."


async def test_are_looked_at_even_where_no_token_is_needed(local: Local) -> None:
    handle, _ = await opened(local, "any")
    decision = {"action": "approve", "by": "ann", "token": shared(workflow_id="loan-9")}
    assert "another workflow" in await refusal(handle, "submit_decision", decision)
    await submit(handle)
    assert len((await output(handle))["log"]) == 1
