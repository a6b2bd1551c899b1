from typing import Any

import pytest
from temporalio import workflow

from orchestrator.workflow import Process
from tests.support.graphs import EMPTY
from tests.support.local import application, open_tasks, output, refusal, serving, submit
from tests.tasks.desk import asking, told

REFUSED = {"action": "approve", "by": "ann"}


@pytest.mark.parametrize(
    ("not_by", "reason"),
    [(["ann", "bob"], "ann may not decide on task ask-1."), (["@starter"], "ann started this workflow")],
)
async def test_keeps_out_whoever_is_named_and_whoever_started_it(not_by: list[str], reason: str) -> None:
    async with serving(ask=asking(not_by=not_by)) as local:
        handle = await local.client.start_workflow(
            "GraphRun",
            {"graph": "ask", "input": EMPTY},
            id="ask",
            task_queue=local.queue,
            memo={"orch_started_by": "ann"},
        )
        (task,) = await open_tasks(handle)
        assert task["not_by"] == not_by
        assert reason in await refusal(handle, "submit_decision", REFUSED)
        await handle.signal("decide", REFUSED)
        await submit(handle, by="eve")
        assert await output(handle) == {"log": [{"action": "approve", "by": "eve"}]}
        assert await told(handle, "refused", "decided") == [("refused", "ann", "signal"), ("decided", "eve", "update")]


async def test_of_the_starter_keeps_everybody_out_where_nobody_is_known_to_have_started_it() -> None:
    async with serving(ask=asking(not_by=["@starter"])) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        assert "started without the memo orch_started_by" in await refusal(handle, "submit_decision", REFUSED)


@workflow.defn
class Drafting(Process):
    """Who has edited the draft may not approve of it, in whichever stage that was."""

    @workflow.run
    async def run(self) -> Any:
        await self.ask("The draft?")
        await self.run_graph("ask", EMPTY)
        return (await self.ask("Publish?", not_by=["@editors"])).by


async def test_keeps_out_whoever_has_edited_something_before() -> None:
    app = application(ask=asking())
    app.workflow(Drafting)
    async with serving(app) as local:
        handle = await local.start("Drafting")
        for editor in ("ann", "bob"):
            (task,) = await open_tasks(handle)
            await submit(handle, "edit", by=editor, values={"text": editor}, task_id=task["task_id"])
            await _next(handle, task["task_id"])
        for editor in ("ann", "bob"):
            assert f"{editor} has edited something" in await refusal(
                handle, "submit_decision", {"action": "approve", "by": editor}
            )
        await submit(handle, by="eve")
        assert await handle.result() == "eve"


async def _next(handle: Any, before: str) -> None:
    while [task["task_id"] for task in await open_tasks(handle)] == [before]:
        pass
