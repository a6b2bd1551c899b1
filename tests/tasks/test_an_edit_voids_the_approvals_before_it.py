from typing import Any

from pydantic import BaseModel

from orchestrator.waits import Answer, ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import open_tasks, output, refusal, serving, submit
from tests.tasks.desk import said, settled_form


class Offer(BaseModel):
    amount: int = 1


class Whole(BaseModel):
    amount: int


def offers(_state: Log) -> Log:
    answer: Answer[Offer] = ask("This offer?", form=Offer, quorum=2)
    assert isinstance(answer.values, Offer | None)
    return {"log": [said(answer) | {"values": answer.values.amount if answer.values else None}]}


GRAPH = chain(offers)


async def test_for_they_were_given_to_something_else() -> None:
    async with serving(ask=GRAPH) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, by="ann")
        edited = await submit(handle, "edit", by="bob", values={"amount": 7})
        assert (edited["status"], edited["remaining"]) == ("pending_quorum", 1)
        await submit(handle, by="ann")
        decisions = ["ann approve", "bob edit", "ann approve"]
        expected = {"action": "edit", "by": "ann", "values": 7, "decisions": decisions}
        assert await output(handle) == {"log": [expected]}
        await settled_form(handle, Offer.model_json_schema())


async def test_and_the_edit_before_it_too() -> None:
    async with serving(ask=GRAPH) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, "edit", by="ann", values={"amount": 7})
        again = await submit(handle, "edit", by="bob", values={"amount": 8})
        assert again["remaining"] == 1
        twice: dict[str, Any] = {"action": "approve", "by": "bob"}
        assert "bob has decided" in await refusal(handle, "submit_decision", twice)
        await submit(handle, by="eve")
        (answer,) = (await output(handle))["log"]
        assert (answer["values"], answer["by"]) == (8, "eve")


async def test_so_does_an_approval_with_other_values() -> None:
    async with serving(ask=GRAPH) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, by="ann", values={"amount": 5})
        assert (await submit(handle, by="bob", values={"amount": 50}))["status"] == "pending_quorum"


async def test_what_the_first_of_two_filled_in_reaches_the_graph() -> None:
    async with serving(ask=GRAPH) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, by="ann", values={"amount": 5})
        await submit(handle, by="bob")
        (answer,) = (await output(handle))["log"]
        assert answer["values"] == 5


async def test_and_who_agrees_gives_no_values() -> None:
    def whole(_state: Log) -> Log:
        answer = ask("This offer?", form=Whole, quorum=2)
        return {"log": [answer.by, answer.values.amount if answer.values else None]}

    async with serving(ask=chain(whole)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, "edit", by="ann", values={"amount": 7})
        await submit(handle, by="bob")
        assert await output(handle) == {"log": ["bob", 7]}
