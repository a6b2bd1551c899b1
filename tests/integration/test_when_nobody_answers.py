from datetime import timedelta
from typing import Any, Literal

from temporalio import workflow

from orchestrator.waits import DefaultAnswer, ask
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application, audited, decide, failure, open_tasks, output, serving, until

REFER = DefaultAnswer(action="reject", comment="nobody answered")


def asks(on_due: DefaultAnswer | Literal["fail", "park"] | None) -> Any:
    def node(_state: Log) -> Log:
        answer = ask("Approve?", due=timedelta(days=5), on_due=on_due, escalate_to=["group:seniors"])
        return {"log": [answer.action, answer.by, answer.comment]}

    return chain(node)


@workflow.defn
class Asking(Process):
    @workflow.run
    async def run(self) -> str | None:
        answer = await self.ask("Approve?", due=timedelta(days=5), on_due=REFER)
        return answer.comment


async def test_in_a_node_the_default_is_taken_at_the_due_date() -> None:
    async with serving(ask=asks(REFER)) as local:
        handle = await local.graph("ask", EMPTY)
        assert await output(handle) == {"log": ["reject", "orchestrator", "nobody answered"]}
        assert len(await audited(handle, "expired")) == 1


async def test_in_a_workflow_too() -> None:
    app = application()
    app.workflow(Asking)
    async with serving(app) as local:
        assert await (await local.start("Asking")).result() == "nobody answered"


async def test_on_due_fail_fails_the_stage() -> None:
    async with serving(ask=asks("fail")) as local:
        error = await failure(await local.graph("ask", EMPTY))
        assert error.type == "TaskOverdue"
        assert "Nobody answered 'Approve?' by" in error.message


async def test_on_due_park_parks_it_and_retry_asks_again() -> None:
    async with serving(ask=asks("park")) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(6)
        await until(handle, lambda status: status["state"] == "parked")
        await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "she is back"})
        await open_tasks(handle)
        await decide(handle)
        assert await output(handle) == {"log": ["approve", "ann", None]}


async def test_without_a_default_the_task_stays_open_overdue_and_escalated() -> None:
    async with serving(ask=asks(None)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(6)
        (task,) = await open_tasks(handle)
        assert (task["state"], task["escalated"], task["assignees"]) == ("escalated", True, ["group:seniors"])
        await decide(handle)
        assert (await output(handle))["log"][0] == "approve"


async def test_an_answer_on_the_day_before_the_due_date_counts_and_the_default_does_not() -> None:
    async with serving(ask=asks(REFER)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(4.9)
        await decide(handle)
        assert await output(handle) == {"log": ["approve", "ann", None]}
        assert await audited(handle, "expired") == []
