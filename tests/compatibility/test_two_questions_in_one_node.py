from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain


def asks_twice(_state: Log) -> Log:
    first = interrupt("first?")
    second = interrupt(f"second, after {first}?")
    return {"log": [first, second]}


def asks_until_it_fits(_state: Log) -> Log:
    question = "how old?"
    while not isinstance(age := interrupt(question), int):
        question = f"{age} is no number. how old?"
    return {"log": [age]}


async def test_get_each_its_own_answer(checkpoints: str) -> None:
    answers = {"first?": "A", "second, after A?": "B"}
    assert await agreed(chain(asks_twice), EMPTY, answers, checkpoints=checkpoints) == {"log": ["A", "B"]}


async def test_may_be_asked_in_a_loop_until_the_answer_fits(checkpoints: str) -> None:
    answers = {"how old?": "old", "old is no number. how old?": "very", "very is no number. how old?": 7}
    assert await agreed(chain(asks_until_it_fits), EMPTY, answers, checkpoints=checkpoints) == {"log": [7]}
