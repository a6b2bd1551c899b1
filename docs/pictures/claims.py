"""The application in the pictures: insurance claims, some of which run, wait for people, or are stuck."""

import asyncio
from datetime import timedelta
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.waits import ask, wait_for
from orchestrator.workflow import Process


class Claim(TypedDict, total=False):
    """The state of all graphs here."""

    name: str
    amount: int
    paid: bool


def read(_state: Claim) -> Claim:
    """Nothing that takes time."""
    return {}


async def look_at_photos(_state: Claim) -> Claim:
    """As long as the pictures take."""
    await asyncio.sleep(600)
    return {}


def decide(state: Claim) -> Claim:
    """Ask an adjuster."""
    form = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
    answer = ask(
        f"Pay {state['amount']} EUR to {state['name']}?",
        form=form,
        assignees=["group:adjusters"],
        due=timedelta(days=2),
        remind_every=timedelta(days=1),
    )
    return {"paid": answer.approved}


def pay(_state: Claim) -> Claim:
    """A bug, so that its stage is parked."""
    raise KeyError("iban")


def await_report(_state: Claim) -> Claim:
    """An event from outside."""
    wait_for("police_report", timeout=timedelta(days=14))
    return {}


inspection = StateGraph(Claim).add_node("photos", look_at_photos).add_edge(START, "photos").compile()
damage = StateGraph(Claim).add_node("read", read).add_node("inspect", inspection).add_node("close", read)
damage.add_edge(START, "read").add_edge("read", "inspect").add_edge("inspect", "close").add_edge("close", END)
payment = StateGraph(Claim).add_node("read", read).add_node("decide", decide).add_node("pay", pay)
payment.add_edge(START, "read").add_edge("read", "decide").add_edge("decide", "pay").add_edge("pay", END)
theft = StateGraph(Claim).add_node("read", read).add_node("await_report", await_report)
theft.add_edge(START, "read").add_edge("read", "await_report").add_edge("await_report", END)


@workflow.defn
class Settlement(Process):
    """Two stages side by side, and a question of its own."""

    @workflow.run
    async def run(self, claim: dict[str, Any]) -> str:
        """Who agreed."""
        await asyncio.gather(self.run_graph("theft", claim), self.run_graph("payment", claim, stage="advance"))
        return (await self.ask("Close the file?")).by


app = Orchestrator("claims")
app.graph(damage, name="damage")
app.graph(payment, name="payment")
app.graph(theft, name="theft")
app.workflow(Settlement)
