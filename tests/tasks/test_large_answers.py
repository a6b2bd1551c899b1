"""An answer over 256 KiB travels by reference, and reaches the graph as if it had not."""

from typing import Any

import pytest
from langgraph.types import interrupt
from pydantic import BaseModel, Field
from temporalio import workflow

from orchestrator.waits import Answer, ask
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application, open_tasks, output, refusal, serving, submit
from tests.tasks.desk import replay, told, trail
from tests.tasks.values import LONG, kept


class Letter(BaseModel):
    text: str = Field(min_length=1)
    copies: int = 1


class Letters(Letter):
    text: str = ""
    log: list[int] = Field(default_factory=list)


def asks(_state: Log) -> Log:
    answer = ask("The letter?", form=Letter)
    assert isinstance(answer.values, Letter)
    return {"log": [answer.action, len(answer.values.text), answer.values.copies]}


def plain(_state: Log) -> Log:
    return {"log": [len(interrupt("The letter?")["text"])]}


def schema(_state: Log) -> Log:
    letter = interrupt("The letter?", response_schema=Letter)
    return {"log": [type(letter).__name__, len(letter["text"] if isinstance(letter, dict) else letter.text)]}


GRAPHS = {"ask": chain(asks), "plain": chain(plain), "schema": chain(schema)}
LOGS: dict[str, list[Any]] = {"ask": ["edit", len(LONG), 2], "plain": [len(LONG)], "schema": ["Letter", len(LONG)]}


@pytest.mark.parametrize("graph", GRAPHS)
async def test_reaches_the_graph(checkpoints: str, graph: str) -> None:
    async with serving(application(**GRAPHS), checkpoints) as local:
        handle = await local.graph(graph, EMPTY)
        await open_tasks(handle)
        ref = await kept(checkpoints, handle.id, {"text": LONG, "copies": 2})
        await submit(handle, "edit", values_ref=ref)
        assert await output(handle) == {"log": LOGS[graph]}
        (decided,) = [entry for entry in await trail(handle) if entry["what"] == "decided"]
        assert decided["detail"]["values_ref"] == ref
        assert (await handle.fetch_history()).to_json().count(LONG[:1000]) == 0
        await replay(handle)


@workflow.defn
class Drafts(Process):
    @workflow.run
    async def run(self) -> Any:
        answer: Answer[Letter] = await self.ask("The letter?", form=Letter)
        assert answer.values is None
        assert answer.values_ref is not None
        length = await self.run_graph("length", answer.values_ref)
        return [answer.values_ref.key, length["log"]]


async def test_comes_to_a_workflow_as_a_reference_that_the_next_stage_takes(checkpoints: str) -> None:
    def measured(state: Letters) -> dict[str, Any]:
        return {"text": "", "log": [len(state.text)]}

    app = application(length=chain(measured, schema=Letters))
    app.workflow(Drafts)
    async with serving(app, checkpoints) as local:
        handle = await local.start("Drafts")
        await open_tasks(handle)
        ref = await kept(checkpoints, handle.id, {"text": LONG})
        await submit(handle, "edit", values_ref=ref)
        assert await handle.result() == [ref["key"], [len(LONG)]]


async def test_that_is_lost_another_s_or_does_not_fit_is_refused_with_the_reason(checkpoints: str) -> None:
    async with serving(application(**GRAPHS), checkpoints) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        good = await kept(checkpoints, handle.id, {"text": LONG})
        wrong = await kept(checkpoints, handle.id, {"text": [LONG]})
        foreign = await kept(checkpoints, "another", {"text": LONG})
        reasons = {
            "no longer has the value": good | {"key": f"{handle.id}/lost"},
            "text: ['xxx": wrong,
            "are not this workflow's": foreign,
            "open here are:": good | {"store": "postgresql://elsewhere/db"},
        }
        for reason, ref in reasons.items():
            decision = {"action": "edit", "by": "ann", "values_ref": ref}
            assert reason in await refusal(handle, "submit_decision", decision)
        assert await told(handle, "refused") == [("refused", "ann", "update")] * 4
        await submit(handle, "edit", values_ref=good)
        assert (await output(handle))["log"][:2] == ["edit", len(LONG)]


async def test_that_is_sent_again_is_told_that_it_counts(checkpoints: str) -> None:
    def twice(_state: Log) -> Log:
        return {"log": [ask(title, form=Letter).by for title in ("The letter?", "Another?")]}

    async with serving(application(ask=chain(twice)), checkpoints) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        sent = {"values_ref": await kept(checkpoints, handle.id, {"text": LONG}), "decision_id": "d-1"}
        assert (await submit(handle, "edit", task_id=task["task_id"], **sent))["status"] == "accepted"
        assert (await submit(handle, "edit", task_id=task["task_id"], **sent))["status"] == "duplicate"
        assert await told(handle, "refused") == []


async def test_that_another_approves_reaches_the_graph(tmp_path: Any) -> None:
    def quorum(_state: Log) -> Log:
        answer = ask("The letter?", form=Letter, quorum=2)
        return {"log": [answer.by, len(answer.values.text) if answer.values else None]}

    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with serving(checkpoints=checkpoints, ask=chain(quorum)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, "edit", values_ref=await kept(checkpoints, handle.id, {"text": LONG}))
        await submit(handle, by="bob")
        assert await output(handle) == {"log": ["bob", len(LONG)]}
