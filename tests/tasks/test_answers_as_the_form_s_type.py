"""What people fill in comes back as the type of the form, in graphs and in workflows, however it was given."""

import asyncio
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, field_validator
from temporalio import workflow

from orchestrator.waits import ask
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import PATIENCE_SECONDS, Handle, application, decide, open_tasks, output, serving
from tests.tasks.desk import settled_form, trail


class Visit(BaseModel):
    day: date
    name: str = "Ada"

    @field_validator("name")
    @classmethod
    def _not_bob(cls, name: str) -> str:
        if name == "Bob":
            raise ValueError("not Bob")
        return name


def shown(answer: Any) -> list[Any]:
    return [answer.action, type(answer.values).__name__, answer.values.day.isoformat(), answer.values.name]


def asks(_state: Log) -> Log:
    return {"log": shown(ask("When?", form=Visit))}


@workflow.defn
class Visiting(Process):
    @workflow.run
    async def run(self) -> Any:
        return shown(await self.ask("When?", form=Visit))


async def started(local: Any, kind: str) -> Handle:
    handle: Handle = await (local.graph("ask", EMPTY) if kind == "graph" else local.start("Visiting"))
    await open_tasks(handle)
    return handle


async def ended(handle: Handle, kind: str) -> Any:
    return (await output(handle))["log"] if kind == "graph" else await handle.result()


def visits() -> Any:
    app = application(ask=chain(asks))
    app.workflow(Visiting)
    return serving(app)


@pytest.mark.parametrize("kind", ["graph", "workflow"])
@pytest.mark.parametrize("action", ["approve", "edit", "respond"])
async def test_whatever_the_action(kind: str, action: str) -> None:
    async with visits() as local:
        handle = await started(local, kind)
        await decide(handle, action, values={"day": "2040-01-31"})
        assert await ended(handle, kind) == [action, "Visit", "2040-01-31", "Ada"]
        await settled_form(handle, Visit.model_json_schema())


async def _refused_or_asked_again(handle: Handle) -> None:
    """The workflow refuses it while the task is open; only a graph's own node can, once it has taken the answer."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            lines = [entry["what"] for entry in await trail(handle)]
            if "refused" in lines or lines.count("opened") > 1:
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["graph", "workflow"])
@pytest.mark.parametrize("wrong", [{"day": "yesterday"}, {"day": "2040-01-31", "name": "Bob"}], ids=str)
async def test_and_what_only_the_type_itself_refuses_does_not_end_it(kind: str, wrong: dict[str, str]) -> None:
    async with visits() as local:
        handle = await started(local, kind)
        await decide(handle, "edit", values=wrong)
        await _refused_or_asked_again(handle)
        await open_tasks(handle)
        await decide(handle, "edit", values={"day": "2040-01-31"})
        assert await ended(handle, kind) == ["edit", "Visit", "2040-01-31", "Ada"]
