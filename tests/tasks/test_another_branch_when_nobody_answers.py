from datetime import timedelta
from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.waits import Route, ask
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Builder, Log, chain, says
from tests.support.local import application, decide, open_tasks, output, serving
from tests.tasks.desk import recorded, told

DUE = timedelta(days=3)
MANUAL = Route(route="manual")


def branching() -> Builder:
    """The node that asks says where to go on: by the answer, or by the route of nobody's."""

    def asks(_state: Log) -> Any:
        answer = ask("Pay?", due=DUE, on_due=MANUAL)
        return Command(goto=answer.route or "paid", update={"log": [answer.action, answer.approved]})

    builder: Builder = StateGraph(Log)
    for said in (says("paid"), says("manual")):
        builder.add_node(said.__name__, said)
    node: Any = asks
    builder.add_node("asks", node, destinations=("paid", "manual"))
    builder.add_edge(START, "asks")
    return builder


@workflow.defn
class Routed(Process):
    @workflow.run
    async def run(self) -> Any:
        answer = await self.ask("Pay?", due=DUE, on_due=MANUAL)
        return [answer.route, answer.action, answer.by]


def process() -> Orchestrator:
    app = application()
    app.workflow(Routed)
    return app


async def test_is_taken_in_a_graph() -> None:
    async with serving(ask=branching()) as local:
        handle = await local.graph("ask", EMPTY)
        assert await output(handle) == {"log": ["reject", False, "manual"]}
        assert await told(handle) == [("opened", "orchestrator", None), ("expired", "orchestrator", "timer")]
        (expired,) = await recorded(handle, "expired")
        assert expired["detail"] == {"route": "manual"}


async def test_is_not_taken_once_somebody_has_answered() -> None:
    async with serving(ask=branching()) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await decide(handle)
        assert await output(handle) == {"log": ["approve", True, "paid"]}


async def test_is_taken_in_a_workflow() -> None:
    async with serving(process()) as local:
        assert await (await local.start("Routed")).result() == ["manual", "reject", "orchestrator"]


async def test_reaches_a_plain_interrupt_by_its_name() -> None:
    def asks(_state: Log) -> Log:
        return {"log": [interrupt("Pay?")]}

    async with serving(ask=chain(asks)) as local:
        human = {"due": "P3D", "on_due": {"route": "manual"}}
        handle = await local.graph("ask", EMPTY, options={"human": human})
        assert await output(handle) == {"log": [{"route": "manual"}]}
        (expired,) = await recorded(handle, "expired")
        assert expired["detail"] == {"route": "manual"}
