"""Workflows whose histories are recorded (see `tests.support.record`) and replayed.

Their code is frozen, as that of any workflow with runs in flight is: to record something new, add a scenario.
"""

import asyncio
from datetime import timedelta
from typing import Any

from langgraph.types import interrupt
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.waits import DefaultAnswer, Escalation, Quorum, ask, sleep, wait_for
from orchestrator.workflow import Process
from tests.support.failing import Bench
from tests.support.graphs import EMPTY, Log, chain, fan, says


def asks(_state: Log) -> Log:
    """Two questions."""
    return {"log": [interrupt("first?"), ask("Second?", remind_every=timedelta(days=1), due=timedelta(days=9)).by]}


def waits(_state: Log) -> Log:
    """A timer and an event."""
    sleep(timedelta(days=2))
    return {"log": [wait_for("reply", timeout=timedelta(days=3)), wait_for("reply", timeout=timedelta(days=3))]}


def default(_state: Log) -> Log:
    """A question that nobody answers."""
    answer = ask(
        "Anybody?", due=timedelta(days=3), remind_every=timedelta(days=1), on_due=DefaultAnswer(action="reject")
    )
    return {"log": [answer.action]}


def panel(_state: Log) -> Log:
    """A question to several people, and to more of them as time passes."""
    answer = ask(
        "Release?",
        assignees=["ann"],
        quorum=Quorum(approvals=2, of=3, veto=["auditor"]),
        escalations=[Escalation(after=timedelta(days=1), to=["boss"]), Escalation(after=timedelta(days=2), to=["cfo"])],
        due=timedelta(days=5),
        on_due="park",
    )
    return {"log": [answer.action, [one["by"] for one in answer.decisions]]}


def left(_state: Log) -> Log:
    """One of two."""
    return {"log": [interrupt("left?")]}


def right(_state: Log) -> Log:
    """The other."""
    return {"log": [interrupt("right?")]}


@workflow.defn
class Whole(Process):
    """Stages one after the other and side by side, and waits of its own."""

    @workflow.run
    async def run(self, name: str) -> list[Any]:
        """What the stages and the people said."""
        first = await self.run_graph("plain", EMPTY)
        outputs = await asyncio.gather(self.run_graph("sides", EMPTY), self.run_graph("waits", EMPTY))
        answer = await self.ask(f"Done with {name}?")
        return [first["log"], *(output["log"] for output in outputs), answer.by]


def application(bench: Bench) -> Orchestrator:
    """All of it."""
    app = Orchestrator("recorded")
    app.graph(chain(says("one"), says("two")), name="plain")
    app.graph(chain(asks), name="asks")
    app.graph(chain(waits), name="waits")
    app.graph(chain(default), name="default")
    app.graph(fan(left, right), name="sides")
    app.graph(chain(panel), name="panel")
    app.graph(bench.graph(), name="fails", options={"retry": {"maximum_attempts": 1}})
    app.workflow(Whole)
    return app
