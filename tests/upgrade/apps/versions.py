"""An application in two versions: which one, says the variable VERSION."""

import os
from typing import Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.workflow import Process

NEW = os.environ.get("VERSION") == "new"


class State(TypedDict, total=False):
    amount: int


class Amounts(TypedDict, total=False):
    amounts: list[int]


def asks(_state: Any) -> Any:
    interrupt("Well?")
    return {}


def graph(node: str, *more: str, schema: Any = State) -> Any:
    builder: Any = StateGraph(schema)
    for name in (node, *more):
        builder.add_node(name, asks)
    builder.add_edge(START, node)
    return builder


app = Orchestrator("versions")
app.graph(graph("asks"), name="same")
app.graph(graph("asks", *(["later"] if NEW else [])), name="fits")
app.graph(graph("asks", schema=Amounts if NEW else State), name="migrates")
app.graph(graph("renamed" if NEW else "asks"), name="parks")
if NEW:

    @app.migrate("migrates", when=lambda values: "amount" in values)
    def to_amounts(values: dict[str, Any]) -> dict[str, Any]:
        return {"amounts": [values["amount"]]}


@app.workflow
@workflow.defn
class Changing(Process):
    @workflow.run
    async def run(self) -> None:
        if NEW:
            await workflow.sleep(1)
        await self.run_graph("same", {"amount": 1})


if not NEW:

    @app.workflow
    @workflow.defn
    class Gone(Process):
        @workflow.run
        async def run(self) -> None:
            await self.ask("Well?")
