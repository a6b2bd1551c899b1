from typing import Any

import pytest
from pydantic import TypeAdapter
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from orchestrator.workflow import Process
from tests.support.local import application, failure, serving

BUGS = ("KeyError", "ZeroDivisionError", "TypeError", "AssertionError", "ValidationError", "ApplicationError")


@workflow.defn
class Buggy(Process):
    @workflow.run
    async def run(self, bug: str) -> Any:
        match bug:
            case "KeyError":
                return dict[str, str]()[bug]
            case "ZeroDivisionError":
                return 1 / 0
            case "TypeError":
                return len(5)  # type: ignore[arg-type]
            case "AssertionError":
                raise AssertionError("never")
            case "ValidationError":
                return TypeAdapter(int).validate_python("much")
            case "ApplicationError":
                raise ApplicationError("a failure of one's own", type="ApplicationError")


@workflow.defn
class BuggyBesideAWait(Process):
    @workflow.run
    async def run(self) -> None:
        await self.ask("Go on?")
        raise KeyError("oops")


@pytest.mark.parametrize("bug", BUGS)
async def test_ends_the_workflow_with_the_exceptions_name(bug: str) -> None:
    app = application()
    app.workflow(Buggy)
    async with serving(app) as local:
        error = await failure(await local.start("Buggy", bug))
        assert error.type == bug
        assert "\n" not in error.message


async def test_is_seen_in_the_status_of_the_ended_workflow() -> None:
    app = application()
    app.workflow(BuggyBesideAWait)
    async with serving(app) as local:
        handle = await local.start("BuggyBesideAWait")
        await handle.execute_update("submit_decision", {"action": "approve", "by": "ann"})
        error = await failure(handle)
        assert (error.type, error.message) == ("KeyError", "KeyError in BuggyBesideAWait: 'oops'")
        assert (await handle.query("status"))["state"] == "failed"
