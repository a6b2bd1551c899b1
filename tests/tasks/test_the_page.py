"""The examples of docs/human-tasks.md, run as they stand."""

import re
from pathlib import Path
from typing import Any

import pytest
from langgraph.graph import START, StateGraph

from orchestrator.client import OrchestratorClient
from orchestrator.testing import time_skipping, worker
from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Builder, Log, chain, says
from tests.support.local import Local, application, decide, open_tasks, output, refusal, serving, submit
from tests.tasks.desk import asking, moment, trail
from tests.tasks.test_signed_decisions import KEYS, token
from tests.tasks.values import LONG

PAGE = (Path(__file__).parents[2] / "docs" / "human-tasks.md").read_text()


def example(name: str) -> Any:
    """What the example defines that defines `name`."""
    (block,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        if f"def {name}(state)" in block
        or f"def {name}(app" in block
        or f"def {name}(client" in block
        or f"def {name}(handle" in block
    ]
    made: dict[str, Any] = {"__name__": "tests.tasks.page"}
    exec(block, made)
    return made


def graph(name: str) -> Builder:
    return chain(example(name)[name])


def test_is_short() -> None:
    assert len(PAGE.splitlines()) <= 220


async def test_ask() -> None:
    async with serving(review=graph("review")) as local:
        handle = await local.graph("review", EMPTY)
        (task,) = await open_tasks(handle)
        assert (task["payload"], task["priority"]) == ({"customer": "Ada"}, 5)
        await submit(handle, "edit", values={"amount": 3})
        assert await output(handle) == {"log": ["edit", 3, "ann"]}


async def test_assign() -> None:
    async with serving(pay=graph("pay")) as local:
        handle = await local.graph("pay", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["assignees"] == ["ann", "group:payers"]


async def happened(local: Local, name: str, days: float) -> list[tuple[str, int]]:
    """What has happened to a task within so many days, and on which."""
    handle = await local.graph(name, EMPTY)
    (task,) = await open_tasks(handle)
    await local.days(days)
    opened = moment(task["created_at"])
    return [
        (entry["what"], round((moment(entry["at"]) - opened).total_seconds() / 86400)) for entry in await trail(handle)
    ]


async def test_due_dates_and_reminders() -> None:
    async with serving(chase=graph("chase")) as local:
        expected = [("opened", 0), *[("reminded", day) for day in (1, 3, 6, 9)], ("overdue", 10), ("reminded", 12)]
        assert await happened(local, "chase", 12.5) == expected


async def test_escalation() -> None:
    async with serving(decide=graph("decide")) as local:
        expected = [("opened", 0), *[("escalated", day) for day in (2, 4, 6)], ("overdue", 6)]
        assert await happened(local, "decide", 7) == expected


async def test_when_nobody_answers() -> None:
    routed: Builder = StateGraph(Log)
    for node in (says("by_hand"), says("automatic"), example("triage")["triage"]):
        routed.add_node(
            node.__name__, node, destinations=("by_hand", "automatic") if node.__name__ == "triage" else None
        )
    routed.add_edge(START, "triage")
    made = example("register")
    app = application(refund=graph("refund"), triage=routed)
    made["register"](app, chain(made["plain"]))
    async with serving(app) as local:
        assert await output(await local.graph("refund", EMPTY)) == {"log": ["reject", "orchestrator"]}
        assert await output(await local.graph("triage", EMPTY)) == {"log": ["by_hand"]}
        assert await output(await local.graph("plain", EMPTY)) == {"log": [False]}


async def test_business_time() -> None:
    made = example("check")
    app = application(check=chain(made["check"]))
    made["calendars"](app)
    async with serving(app) as local:
        (task,) = await open_tasks(await local.graph("check", EMPTY))
        assert moment(task["due_at"]).weekday() < 5


async def test_quorum_and_four_eyes() -> None:
    async with serving(release=graph("release")) as local:
        handle = await local.client.start_workflow(
            "GraphRun",
            {"graph": "release", "input": EMPTY},
            id="release",
            task_queue=local.queue,
            memo={"orch_started_by": "ivy"},
        )
        await open_tasks(handle)
        assert "ivy started this workflow" in await refusal(
            handle, "submit_decision", {"action": "approve", "by": "ivy"}
        )
        await submit(handle, by="ann")
        await submit(handle, "reject", by="bob")
        await submit(handle, by="eve")
        assert await output(handle) == {"log": ["approve", ["ann", "bob", "eve"]]}


async def test_who_decided() -> None:
    app = application(pay_out=graph("pay_out"))
    async with time_skipping() as environment, worker(app, environment.client, KEYS):
        local = Local(environment.client, app.name, environment)
        handle = await local.graph("pay_out", EMPTY)
        await open_tasks(handle)
        await submit(handle, token=token(handle, "pay_out-1", "ann", "payers"))
        assert await output(handle) == {"log": ["ann"]}


async def test_notices_and_the_audit_trail(capsys: pytest.CaptureFixture[str]) -> None:
    app = application(ask=asking("Publish?", assignees=["ann"]))
    example("channels")["channels"](app)
    async with serving(app) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await decide(handle)
        await handle.result()
        expected = ["opened by orchestrator via None", "decided by ann via signal"]
        assert await example("trail")["trail"](handle) == expected
    assert "Publish? for ann" in capsys.readouterr().out


async def test_by_reference(tmp_path: Path) -> None:
    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"

    def measures(_state: Log) -> Log:
        letter: Any = ask("The letter?").values
        return {"log": [len(letter["text"])]}

    async with serving(checkpoints=checkpoints, ask=chain(measures)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        client = OrchestratorClient(local.client, task_queue=local.queue, checkpoints=checkpoints)
        await example("send")["send"](client, handle.id, LONG)
        assert await output(handle) == {"log": [len(LONG)]}
