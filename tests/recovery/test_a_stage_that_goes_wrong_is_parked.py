import asyncio
from typing import Any, TypedDict

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.waits import ask
from orchestrator.workflow import Process
from tests.recovery.parking import parked, recover
from tests.support.failing import Bench
from tests.support.graphs import EMPTY, Log, chain, fan, says
from tests.support.local import audited, decide, open_task, open_tasks, output, refusal, serving, submit, until

PARKING = {"by": "op", "reason": "the rate is wrong"}


class Loan(TypedDict, total=False):
    amount: int
    log: list[str]


def offers(state: Loan) -> Loan:
    return {"log": [*state.get("log", []), f"offered {state['amount']}"]}


def approves(state: Loan) -> Loan:
    answer = interrupt(f"Grant {state['amount']}?")
    return {"log": [*state["log"], f"granted {state['amount']}: {answer}"]}


async def test_while_it_waits_and_once_amended_it_asks_again_in_view_of_the_new_state(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, loan=chain(offers, approves, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": 500})
        await open_tasks(handle)
        assert (await handle.execute_update("park", PARKING))["state"] == "parked"
        stage = await parked(handle)
        assert stage["error"] == "ParkedByOperator: the rate is wrong (by op)"
        await recover(handle, "amend", values={"amount": 50})
        (task,) = await open_tasks(handle)
        assert task["payload"] == "Grant 50?"
        await decide(handle, values="yes")
        assert (await output(handle))["log"] == ["offered 500", "granted 50: yes"]
        assert [entry["by"] for entry in await audited(handle, "parked")] == ["op"]


async def test_a_node_that_runs_is_let_end_and_none_runs_twice(checkpoints: str) -> None:
    ran: list[str] = []
    entered = asyncio.Event()

    async def long(_state: Log, runtime: Runtime[None]) -> Log:
        ran.append("long")
        entered.set()
        async with asyncio.timeout(5):
            while not runtime.drain_requested:
                await asyncio.sleep(0.01)
        return {"log": ["long"]}

    def after(_state: Log) -> Log:
        ran.append("after")
        return {"log": ["after"]}

    async with serving(checkpoints=checkpoints, work=chain(says("before"), long, after)) as local:
        handle = await local.graph("work", EMPTY)
        await entered.wait()
        assert (await handle.execute_update("park", PARKING))["state"] == "running"
        stage = await parked(handle)
        assert (stage["steps"], ran) == (2, ["long"])
        await recover(handle, "retry")
        assert await output(handle) == {"log": ["before", "long", "after"]}
        assert ran == ["long", "after"]


async def test_a_question_that_did_not_change_stays_open_and_so_do_its_votes(checkpoints: str) -> None:
    def asks(_state: Loan) -> Loan:
        return {"log": [str(ask("Sign", quorum=2).action)]}

    async with serving(checkpoints=checkpoints, loan=chain(asks, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": 500})
        (task,) = await open_tasks(handle)
        assert (await submit(handle, by="ann"))["status"] == "pending_quorum"
        await handle.execute_update("park", PARKING)
        await recover(handle, "amend", values={"amount": 5})
        (same,) = await open_tasks(handle)
        assert same["task_id"] == task["task_id"]
        await decide(handle, by="bob")
        assert await output(handle) == {"amount": 5, "log": ["approve"]}


async def test_what_is_answered_meanwhile_is_not_lost(checkpoints: str) -> None:
    def left(_state: Log) -> Log:
        return {"log": [interrupt("left?")]}

    def right(_state: Log) -> Log:
        return {"log": [interrupt("right?")]}

    async with serving(checkpoints=checkpoints, work=fan(left, right)) as local:
        handle = await local.graph("work", EMPTY)
        await open_tasks(handle, 2)
        asked = await open_task(handle, "left?")
        await handle.execute_update("park", PARKING)
        assert (await submit(handle, task_id=asked["task_id"], values="yes"))["status"] == "accepted"
        assert (await handle.query("status"))["state"] == "parked"
        await recover(handle, "amend", values={"log": ["amended"]})
        await until(handle, lambda status: status["state"] == "waiting")
        (task,) = await open_tasks(handle)
        assert task["payload"] == "right?"
        await decide(handle, values="no")
        assert sorted((await output(handle))["log"]) == ["amended", "no", "yes"]


async def test_a_skipped_node_leaves_no_task_open(checkpoints: str) -> None:
    def ends(state: Loan) -> Loan:
        return {"log": [*state["log"], "end"]}

    async with serving(checkpoints=checkpoints, loan=chain(offers, approves, ends, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": 1})
        await open_tasks(handle)
        await handle.execute_update("park", PARKING)
        await recover(handle, "skip")
        assert (await output(handle))["log"] == ["offered 1", "end"]
        assert [entry["task_id"] for entry in await audited(handle, "withdrawn")] == ["loan-1"]
        assert await handle.query("tasks") == []


async def test_also_where_its_policy_is_to_fail(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, loan=chain(offers, approves, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": 1}, options={"on_failure": "fail"})
        await open_tasks(handle)
        await handle.execute_update("park", PARKING)
        await recover(handle, "retry")
        await open_tasks(handle)
        await decide(handle, values="yes")
        assert (await output(handle))["log"] == ["offered 1", "granted 1: yes"]


async def test_of_a_paused_workflow_too(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, loan=chain(offers, approves, schema=Loan)) as local:
        handle = await local.graph("loan", {"amount": 1})
        await open_tasks(handle)
        await handle.signal("pause", {"by": "op"})
        await decide(handle, values="yes")
        await until(handle, lambda status: status["tasks"] == 0)
        await handle.execute_update("park", PARKING)
        await handle.signal("resume", {"by": "op"})
        await parked(handle)
        await recover(handle, "amend", values={"log": ["amended"]})
        assert (await output(handle))["log"] == ["amended", "granted 1: yes"]


async def test_what_cannot_be_parked_is_refused_with_the_reason() -> None:
    bench = Bench(KeyError("score"))
    async with serving(loan=chain(offers, approves, schema=Loan), work=bench.graph()) as local:
        broken = await local.graph("work", EMPTY)
        await parked(broken)
        assert "No stage is open and not parked" in await refusal(broken, "park", PARKING)
        handle = await local.graph("loan", {"amount": 1})
        await open_tasks(handle)
        assert "'rate' is not open and not parked" in await refusal(handle, "park", PARKING | {"stage": "rate"})
        assert "reason" in await refusal(handle, "park", {"by": "op"})
        assert "by" in await refusal(handle, "park", {"reason": "x"})


@workflow.defn
class Mortgage(Process):
    @workflow.run
    async def run(self, amount: int) -> Any:
        loan = await self.run_graph("loan", {"amount": amount})
        return await self.run_graph("letter", {"log": loan["log"]})


async def test_a_process_goes_on_after_its_recovered_stage(checkpoints: str) -> None:
    app = Orchestrator("tests")
    app.graph(chain(offers, approves, schema=Loan), name="loan")
    app.graph(chain(says("letter")), name="letter")
    app.workflow(Mortgage)
    async with serving(app, checkpoints) as local:
        handle = await local.start("Mortgage", 500)
        await open_tasks(handle)
        await handle.execute_update("park", PARKING)
        await recover(handle, "amend", values={"amount": 50, "log": ["offered 50"]})
        await open_tasks(handle)
        await decide(handle, values="yes")
        assert (await handle.result())["log"] == ["offered 50", "granted 50: yes", "letter"]
