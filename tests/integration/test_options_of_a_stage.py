from typing import Any

import pytest
from temporalio import workflow

from orchestrator.options import Options
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application, failure, serving


def breaks(_state: Log) -> Log:
    raise KeyError("score")


@workflow.defn
class Run(Process):
    @workflow.run
    async def run(self, kind: str, options: dict[str, Any]) -> Any:
        given = Options.model_validate(options) if kind == "options" else options
        return await self.run_graph("breaks", EMPTY, options=given)


@pytest.mark.parametrize("kind", ["options", "a dict"])
async def test_may_be_given_in_the_process(kind: str) -> None:
    app = application(breaks=chain(breaks))
    app.workflow(Run)
    async with serving(app) as local:
        failed = await failure(await local.start("Run", kind, {"on_failure": "fail"}))
        assert failed.type == "UserCodeError"


async def test_that_there_are_not_fail_it_by_name() -> None:
    app = application(breaks=chain(breaks))
    app.workflow(Run)
    async with serving(app) as local:
        failed = await failure(await local.start("Run", "a dict", {"on_failur": "fail"}))
        assert "on_failur" in failed.message
