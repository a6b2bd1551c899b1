from typing import Any

import pytest
from pydantic import BaseModel
from temporalio import workflow

from orchestrator.workflow import Process
from tests.support.local import application, failure, serving


class Application(BaseModel):
    amount: int


@workflow.defn
class Apply(Process):
    @workflow.run
    async def run(self, application: Application) -> int:
        return application.amount


MALFORMED: dict[str, tuple[tuple[Any, ...], str]] = {
    "a missing field": (({},), "amount: Field required"),
    "a wrong type": (({"amount": "much"},), "amount"),
    "no object": (("much",), "Application"),
    "no argument": ((), "argument"),
    "too many arguments": (({"amount": 1}, {"amount": 2}), "argument"),
}


@pytest.mark.parametrize(("arguments", "words"), MALFORMED.values(), ids=MALFORMED)
async def test_fails_it_at_once_as_bad_input(arguments: tuple[Any, ...], words: str) -> None:
    app = application()
    app.workflow(Apply)
    async with serving(app) as local:
        error = await failure(await local.start("Apply", *arguments))
        assert error.type == "BadInput"
        assert words in error.message


async def test_and_a_good_one_runs() -> None:
    app = application()
    app.workflow(Apply)
    async with serving(app) as local:
        assert await (await local.start("Apply", {"amount": 2})).result() == 2
