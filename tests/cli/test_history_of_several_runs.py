"""The timeline where one run is not all: continued as new, and reset."""

from pathlib import Path

from langgraph.graph import END, START, StateGraph

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer, dev_server
from orchestrator.history.happening import Happening
from orchestrator.history.timeline import Checkpoints, history
from orchestrator.waits import ask
from tests.long_life.running import asked, chain, latest, serving
from tests.support.graphs import EMPTY, Log
from tests.support.local import application, decide
from tests.support.resets import before_signal, reset

QUESTIONS = 6
HASTY = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=30")


def asks(state: Log) -> Log:
    return {"log": [ask(f"Number {len(state['log'])}?").values]}


def loop(questions: int) -> StateGraph[Log]:
    builder = StateGraph(Log).add_node("asks", asks).add_edge(START, "asks")
    return builder.add_conditional_edges("asks", lambda state: END if len(state["log"]) == questions else "asks")


async def told(client: OrchestratorClient, workflow_id: str, url: str, run_id: str | None = None) -> list[Happening]:
    said: list[str] = []
    async with Checkpoints(lambda _graph: url, said.append) as stores:
        lines = [line async for line in history(client, workflow_id, run_id=run_id, checkpoints=stores)]
    assert said == []
    return lines


async def test_the_runs_that_a_run_continues_come_first_and_each_checkpoint_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with dev_server(headless=True, extra=HASTY) as server:
        client = await server.client()
        async with serving(client, application(loop=loop(QUESTIONS)), url) as local:
            handle = latest(client, await local.graph("loop", EMPTY))
            for number in range(QUESTIONS):
                task = await asked(handle, f"Number {number}?")
                await decide(handle, "respond", task_id=task["task_id"], values=number)
            await handle.result()
        runs = await chain(client, handle)
        reader = OrchestratorClient(client)
        lines = await told(reader, handle.id, url)
        one = await told(reader, handle.id, url, run_id=runs[-1])
    assert len(runs) > 1
    assert list(dict.fromkeys(line.run_id for line in lines)) == runs[::-1]
    assert [line.what for line in lines if line.kind == "workflow"].count("continued as new") == len(runs) - 1
    saved = [line for line in lines if line.kind == "checkpoint"]
    assert len({line.checkpoint_id for line in saved}) == len(saved) == QUESTIONS + 2
    assert [line.by for line in lines if line.what == "decide"] == ["ann"] * QUESTIONS
    assert {line.run_id for line in one} == {runs[-1]}


async def test_a_reset_says_so_and_the_branch_is_told_from_the_thread(temporal: DevServer, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    client = await temporal.client()
    async with serving(client, application(loop=loop(2)), url) as local:
        handle = await local.graph("loop", EMPTY)
        for number in range(2):
            await decide(handle, "respond", task_id=(await asked(handle, f"Number {number}?"))["task_id"], values="old")
        await handle.result()
        again = await reset(client, handle, await before_signal(handle, 2))
        await decide(again, "respond", task_id=(await asked(again, "Number 1?"))["task_id"], values="new")
        await again.result()
    lines = await told(OrchestratorClient(client), handle.id, url)
    places = [line.kind for line in lines]
    assert places.count("reset") == 1
    assert lines[places.index("reset")].details["base_run_id"] == handle.result_run_id
    branches = [line for line in lines if line.kind == "checkpoint" and "@" in str(line.thread_id)]
    assert [line.nodes for line in branches] == [["asks"]]
    assert lines.index(branches[0]) > places.index("reset")
