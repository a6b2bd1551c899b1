from typing import TypedDict

from pydantic import BaseModel
from temporalio import workflow

from orchestrator.workflow import Process
from tests.support.graphs import chain
from tests.support.local import application, serving


class Score(BaseModel):
    points: int


class State(TypedDict):
    name: str
    score: Score


def rate(state: State) -> dict[str, Score]:
    return {"score": Score(points=len(state["name"]))}


class Rating(BaseModel):
    name: str
    score: Score


@workflow.defn
class Rate(Process):
    @workflow.run
    async def run(self, name: str) -> int:
        rating = await self.run_graph("rate", {"name": name}, result_type=Rating)
        return rating.score.points


@workflow.defn
class RateLoosely(Process):
    @workflow.run
    async def run(self, name: str) -> str:
        return str(await self.run_graph("rate", {"name": name}))


async def test_a_graphs_output_comes_back_as_the_type_that_was_asked_for() -> None:
    app = application(rate=chain(rate, schema=State))
    app.workflow(Rate)
    async with serving(app) as local:
        assert await (await local.start("Rate", "anna")).result() == 4


async def test_without_a_type_it_comes_back_as_json() -> None:
    app = application(rate=chain(rate, schema=State))
    app.workflow(RateLoosely)
    async with serving(app) as local:
        result = await (await local.start("RateLoosely", "anna")).result()
        assert result == "{'name': 'anna', 'score': {'points': 4}}"
