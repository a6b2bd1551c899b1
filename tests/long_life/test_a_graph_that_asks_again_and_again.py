from langgraph.graph import END, START, StateGraph

from orchestrator.devserver import DevServer
from orchestrator.waits import ask
from tests.long_life.running import asked, chain, latest, serving
from tests.support.graphs import EMPTY, Log
from tests.support.local import application

QUESTIONS = 12


def asks(state: Log) -> Log:
    number = len(state["log"])
    return {"log": [ask(f"Number {number}?").values]}


def enough(state: Log) -> str:
    return END if len(state["log"]) == QUESTIONS else "asks"


async def test_runs_on_over_several_histories_and_each_answer_counts_once(hasty: DevServer, checkpoints: str) -> None:
    builder = StateGraph(Log)
    builder.add_node(asks)
    builder.add_edge(START, "asks")
    builder.add_conditional_edges("asks", enough)
    client = await hasty.client()
    async with serving(client, application(loop=builder), checkpoints) as local:
        handle = latest(client, await local.graph("loop", EMPTY))
        for number in range(QUESTIONS):
            task = await asked(handle, f"Number {number}?")
            decision = {"task_id": task["task_id"], "action": "respond", "values": number, "by": "ann"}
            await handle.signal("decide", decision)
            await handle.signal("decide", decision | {"values": "late"})
        assert (await handle.result())["output"]["log"] == list(range(QUESTIONS))
        assert len(await chain(client, handle)) > 2
        trail = await handle.query("audit")
        assert [entry["detail"]["values"] for entry in trail if entry["what"] == "decided"] == list(range(QUESTIONS))
        assert sum(entry["what"] == "refused" for entry in trail) == QUESTIONS
