from typing import Any

import pytest
from langgraph.graph import START, StateGraph

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says


@pytest.mark.parametrize(
    "stops", [{"interrupt_before": ["b"]}, {"interrupt_after": ["a"]}, {"interrupt_before": "*"}], ids=str
)
async def test_stop_the_run_until_they_are_approved(stops: dict[str, Any], checkpoints: str) -> None:
    builder: Builder = StateGraph(Log)
    builder.add_node("inner", chain(says("a"), says("b")).compile(**stops))
    builder.add_node("end", says("end"))
    builder.add_edge(START, "inner")
    builder.add_edge("inner", "end")
    assert await agreed(builder, EMPTY, checkpoints=checkpoints) == {"log": ["a", "b", "end"]}
