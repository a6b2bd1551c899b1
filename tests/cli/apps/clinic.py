"""The application that the command line is tried on: graphs that end at once, that ask, that wait, that break."""

import asyncio
import os
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.waits import ask, wait_for
from orchestrator.workflow import Process


class Patient(TypedDict, total=False):
    name: str
    dose: int
    lab: str
    answers: dict[str, Any]


def doubled(state: Patient) -> Patient:
    return {"dose": state["dose"] * 2}


def consent(state: Patient) -> Patient:
    form = {"type": "object", "properties": {"dose": {"type": "integer"}}, "required": ["dose"]}
    answer = ask(
        f"Operate on {state['name']}?",
        form=form,
        payload={"name": state["name"]},
        assignees=["group:surgeons"],
        due=timedelta(days=1),
    )
    return {"dose": answer.values["dose"]} if answer.approved and isinstance(answer.values, dict) else {"dose": 0}


class Address(BaseModel):
    street: str
    floor: int | None = None


class Survey(BaseModel):
    name: str = Field(description="As it stands in the passport.", min_length=2)
    age: int = Field(ge=0, le=130)
    weight: float = 70.5
    fee: Decimal
    blood: Literal["A", "B", "AB", "0"]
    smoker: bool = False
    born: date
    allergies: list[str] = []
    visits: list[int] = Field(min_length=1)
    home: Address
    work: Address | None = None
    remark: str | None = None
    anything: dict[str, Any] = {}


def survey(state: Patient) -> Patient:
    answer = ask(
        "Who are you?", form=Survey, payload={"name": state["name"], "age": 7}, description="For the files.", priority=3
    )
    return {"answers": answer.values.model_dump(mode="json") if answer.values else {"action": answer.action}}


def essay(_state: Patient) -> Patient:
    answer = ask("Tell us everything.")
    return {"answers": {"length": len(answer.values["text"])}} if isinstance(answer.values, dict) else {}


def chart(_state: Patient) -> Patient:
    ask("Read this?", payload={"curve": "a" * 300_000})
    return {}


def letter(_state: Patient) -> Patient:
    return {"answers": {"length": len(wait_for("letter"))}}


def urgently(_state: Patient) -> Patient:
    ask("Now?", due=timedelta(milliseconds=100), on_due="park")
    return {}


def lab(_state: Patient) -> Patient:
    return {"lab": wait_for("lab_result")}


def broken(_state: Patient) -> Patient:
    if not Path(os.environ["MENDED"]).exists():
        raise TypeError("the scanner is broken")
    return {"lab": "scanned"}


def discharge(_state: Patient) -> Patient:
    ask("Discharge?")
    wait_for("bed_cleaned")
    return {"lab": ask("Burn the file?").action}


def twice(_state: Patient) -> Patient:
    ask("Sure?")
    ask("Really?")
    return {"lab": "sure"}


def long(_state: Patient) -> Patient:
    Path("long").touch()
    time.sleep(60)
    return {}


def urgent(state: Patient) -> Literal["operate", "examine"]:
    return "operate" if state.get("dose") else "examine"


def one(node: str, function: object) -> StateGraph[Patient]:
    graph = StateGraph(Patient)
    graph.add_node(node, function)  # type: ignore[call-overload]
    graph.add_edge(START, node)
    graph.add_edge(node, END)
    return graph


triage = StateGraph(Patient)
triage.add_node("look", doubled)
triage.add_node("operate", one("cut", doubled).compile())
triage.add_node("examine", doubled)
triage.add_edge(START, "look")
triage.add_conditional_edges("look", urgent)
triage.add_edge("operate", END)
triage.add_edge("examine", "look")


@workflow.defn
class Admission(Process):
    @workflow.run
    async def run(self, name: str) -> str:
        answer = await self.ask(f"Admit {name}?", assignees=["ann"], priority=5)
        return f"{name}: {answer.action}"


@workflow.defn
class Discharge(Process):
    @workflow.run
    async def run(self, name: str) -> str:
        answer = await self.ask(f"Discharge {name}?", not_by=["@starter"], quorum=2)
        return f"{name}: {answer.action}"


@workflow.defn
class Course(Process):
    """Doubles a dose, and asks whether that will do."""

    @workflow.run
    async def run(self, dose: int) -> str:
        doubled = await self.run_graph("double", {"dose": dose})
        return (await self.ask(f"Will {doubled['dose']} do?")).action


@workflow.defn
class Round(Process):
    """Asks many questions at once."""

    @workflow.run
    async def run(self, beds: int) -> int:
        await asyncio.gather(*(self.ask(f"Bed {number}?", priority=number) for number in range(beds)))
        return beds


app = Orchestrator("clinic")
app.graph(one("doubled", doubled), name="double")
app.graph(one("consent", consent), name="consent")
app.graph(one("lab", lab), name="lab")
app.graph(one("survey", survey), name="survey")
app.graph(one("essay", essay), name="essay")
app.graph(one("chart", chart), name="chart")
app.graph(one("letter", letter), name="letter")
app.graph(one("scan", broken), name="scan")
app.graph(one("urgently", urgently), name="urgent")
app.graph(one("twice", twice), name="twice")
app.graph(one("discharge", discharge), name="discharge")
app.graph(one("long", long), name="long")
app.graph(triage, name="triage")
app.workflow(Admission)
app.workflow(Discharge)
app.workflow(Round)
app.workflow(Course)
