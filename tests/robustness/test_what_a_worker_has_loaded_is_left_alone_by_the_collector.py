from pathlib import Path

from orchestrator.devserver import DevServer
from orchestrator.testing import worker_process

APPLICATION = """
import gc
from typing import Any, TypedDict

from langgraph.graph import START, StateGraph

from orchestrator import Orchestrator


class Seen(TypedDict, total=False):
    enabled: bool
    frozen: int


def look(state: Seen) -> Seen:
    return {"enabled": gc.isenabled(), "frozen": gc.get_freeze_count()}


graph = StateGraph(Seen)
graph.add_node(look)
graph.add_edge(START, "look")
app = Orchestrator("collector")
app.graph(graph, name="look")
"""


async def test_what_a_worker_has_loaded_is_left_alone_by_the_collector_and_what_it_makes_is_not(
    temporal: DevServer, tmp_path: Path
) -> None:
    (tmp_path / "collector.py").write_text(APPLICATION)
    async with worker_process(temporal.address, tmp_path, "--app", "collector:app", PYTHONPATH=str(tmp_path)):
        client = await temporal.client()
        result = await client.execute_workflow(
            "GraphRun", {"graph": "look", "input": {}}, id="look", task_queue="collector"
        )
    assert result["output"]["enabled"]
    assert result["output"]["frozen"] > 10_000
