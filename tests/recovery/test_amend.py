from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from pydantic import BaseModel, Field

from orchestrator.waits import idempotency_key
from tests.recovery.parking import parked, recover
from tests.support.graphs import chain
from tests.support.local import audited, decide, open_tasks, output, refusal, serving


class Loan(TypedDict, total=False):
    amount: int
    name: str
    log: list[str]


def checks(state: Loan) -> Loan:
    if state["amount"] < 0:
        raise ArithmeticError(f"an amount of {state['amount']}")
    return {"log": [*state.get("log", []), f"checked {state['amount']}"]}


def greets(state: Loan) -> Loan:
    return {"log": [f"hello {state['name']}"]}


async def test_the_failed_node_goes_on_with_the_amended_state_and_nothing_before_it_runs_again(
    checkpoints: str,
) -> None:
    async with serving(checkpoints=checkpoints, loan=chain(greets, checks, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": -5, "name": "Ann"})
        await parked(handle)
        await recover(handle, "amend", values={"amount": 5, "log": ["hello Bob"]})
        assert (await output(handle))["log"] == ["hello Bob", "checked 5"]
        (entry,) = await audited(handle, "recovered")
        assert entry["detail"]["values"] == {"amount": 5, "log": ["hello Bob"]}


async def test_what_does_not_fit_the_state_is_refused_by_name_and_the_stage_stays_parked(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, loan=chain(greets, checks, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": -5, "name": "Ann"})
        await parked(handle)
        wrong = {"action": "amend", "by": "op", "reason": "a test"}
        assert "amount does not fit the state" in await refusal(handle, "recover", wrong | {"values": {"amount": "x"}})
        assert "The state has no sum; it has: amount, log, name" in await refusal(
            handle, "recover", wrong | {"values": {"sum": 1}}
        )
        assert "give values" in await refusal(handle, "recover", wrong)
        assert (await parked(handle))["state"] == "parked"
        await recover(handle, "amend", values={"amount": 1})
        assert (await output(handle))["log"] == ["hello Ann", "checked 1"]


async def test_answers_already_given_and_idempotency_keys_stay(tmp_path: Path, checkpoints: str) -> None:
    keys = tmp_path / "keys"

    def asks(state: Loan) -> Loan:
        answer = interrupt("Sure?")
        with keys.open("a") as file:
            file.write(idempotency_key("charge") + "\n")
        return {"log": [answer, *checks(state)["log"]]}

    async with serving(checkpoints=checkpoints, loan=chain(greets, asks, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": -5, "name": "Ann"})
        await open_tasks(handle)
        await decide(handle, values="yes")
        await parked(handle)
        await recover(handle, "amend", values={"amount": 7})
        assert (await output(handle))["log"] == ["yes", "hello Ann", "checked 7"]
        assert len(set(keys.read_text().split())) == 1


class Person(BaseModel):
    age: int = Field(ge=0)
    limit: int = 0


def of_age(state: Person) -> dict[str, Any]:
    if state.limit > state.age:
        raise RuntimeError("too young")
    return {"limit": -1}


async def test_a_pydantic_state_keeps_its_constraints(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, person=chain(of_age, schema=Person)) as local:
        options = {"retry": {"maximum_attempts": 1}}
        handle = await local.graph("person", {"age": 3, "limit": 18}, options=options)
        await parked(handle)
        wrong = {"action": "amend", "values": {"age": -1}, "by": "op", "reason": "a test"}
        assert "age does not fit the state" in await refusal(handle, "recover", wrong)
        await recover(handle, "amend", values={"age": 30})
        assert await output(handle) == {"age": 30, "limit": -1}


class Chat(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


def replies(state: Chat) -> Chat:
    if "bad" in str(state["messages"][-1].content):
        raise ArithmeticError("cannot read that")
    return {"messages": [AIMessage(f"{len(state['messages'])} read")]}


async def test_messages_are_amended_as_json(checkpoints: str) -> None:
    builder = StateGraph(Chat)
    builder.add_node(replies)
    builder.add_edge(START, "replies")
    async with serving(checkpoints=checkpoints, chat=builder) as local:
        handle = await local.graph("chat", {"messages": [{"role": "user", "content": "bad"}]})
        await parked(handle)
        await recover(handle, "amend", values={"messages": [{"role": "user", "content": "good"}]})
        said = (await output(handle))["messages"]
        assert [(message["type"], message["content"]) for message in said] == [("human", "good"), ("ai", "1 read")]
