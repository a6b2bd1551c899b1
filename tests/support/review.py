"""A graph, and a workflow, that ask the same question."""

from typing import Any, Literal

from pydantic import BaseModel, Field
from temporalio import workflow

from orchestrator.waits import ask
from orchestrator.workflow import Process
from tests.support.graphs import Log, chain


class Review(BaseModel):
    """What the reviewer fills in."""

    amount: int = Field(gt=0)
    reason: Literal["income", "house"]


def said(answer: Any) -> Any:
    """What the tests look at of an answer."""
    values = answer.values
    return [answer.action, type(values).__name__, getattr(values, "amount", values), answer.by, answer.comment]


def sync_node(_state: Log) -> Log:
    """Asks in a thread."""
    return {"log": said(ask("Approve?", form=Review, assignees=["group:reviewers"]))}


async def async_node(_state: Log) -> Log:
    """Asks on the event loop."""
    return {"log": said(ask("Approve?", form=Review, assignees=["group:reviewers"]))}


GRAPHS = {"sync": chain(sync_node), "async": chain(async_node)}


@workflow.defn
class Reviewing(Process):
    """Asks by itself."""

    @workflow.run
    async def run(self) -> Any:
        """The answer."""
        return said(await self.ask("Approve?", form=Review, assignees=["group:reviewers"]))
