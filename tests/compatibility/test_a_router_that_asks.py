from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says


def asks(_state: Log) -> str:
    return str(interrupt("which?"))


def graph() -> Builder:
    builder = chain(says("start"))
    builder.add_node("left", says("left"))
    builder.add_node("right", says("right"))
    builder.add_conditional_edges("start", asks, ["left", "right"])
    return builder


async def test_goes_where_the_answer_says(checkpoints: str) -> None:
    output = await agreed(graph(), EMPTY, {"which?": "right"}, checkpoints=checkpoints)
    assert output == {"log": ["start", "right"]}
