import asyncio
from typing import Any

from langgraph.types import interrupt
from temporalio import workflow

from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application, decide, open_tasks, serving


def credit(_state: Log) -> Log:
    return {"log": [interrupt("credit?")]}


def appraisal(_state: Log) -> Log:
    return {"log": [interrupt("appraisal?")]}


@workflow.defn
class Both(Process):
    @workflow.run
    async def run(self) -> list[Any]:
        outputs = await asyncio.gather(*(self.run_graph(name, EMPTY) for name in ("credit", "appraisal", "credit")))
        return [output["log"] for output in outputs]


async def test_run_at_once_under_names_of_their_own_and_come_back_in_their_order() -> None:
    app = application(credit=chain(credit), appraisal=chain(appraisal))
    app.workflow(Both)
    async with serving(app) as local:
        handle = await local.start("Both")
        tasks = await open_tasks(handle, 3)
        stages = {stage["name"] for stage in (await handle.query("status"))["stages"]}
        assert stages == {"credit", "appraisal", "credit-2"}
        for task in tasks:
            await decide(handle, task_id=task["task_id"], values=task["stage"])
        assert await handle.result() == [["credit"], ["appraisal"], ["credit-2"]]
