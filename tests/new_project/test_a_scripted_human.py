from datetime import timedelta
from typing import Any

import pytest
from langgraph.types import interrupt

from orchestrator.testing import Human, Reply, serving
from orchestrator.waits import DefaultAnswer, ask, sleep, wait_for
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application


def asks_again(_state: Log) -> Log:
    sleep(timedelta(days=30))
    return {"log": [interrupt("Sure?"), interrupt("Sure?")]}


def asks_nobody(_state: Log) -> Log:
    return {"log": [ask("Anybody?", due=timedelta(days=3), on_due=DefaultAnswer(action="reject")).action]}


def waits(_state: Log) -> Log:
    return {"log": [wait_for("post")]}


async def played(node: Any, human: Human) -> Any:
    async with serving(application(work=chain(node))) as served:
        return (await human.play(served, await served.graph("work", EMPTY)))["output"]["log"]


async def test_answers_a_question_that_is_asked_again_by_the_next_line() -> None:
    human = Human({"Sure?": [Reply(values="no"), Reply(values="yes", after=timedelta(days=1))]})
    assert await played(asks_again, human) == ["no", "yes"]
    assert [task.title for task in human.asked] == ["Sure?", "Sure?"]


async def test_keeps_silent_until_the_due_date_decides() -> None:
    assert await played(asks_nobody, Human({"Anybody?": None})) == ["reject"]


async def test_fails_the_test_on_a_question_that_is_not_in_the_script() -> None:
    with pytest.raises(AssertionError, match=r"asked 'Anybody\?'; the script has: Else\?"):
        await played(asks_nobody, Human({"Else?": Reply()}))


async def test_fails_the_test_on_a_wait_that_nobody_ends() -> None:
    with pytest.raises(AssertionError, match="waits for the event 'post', which nobody sends"):
        await played(waits, Human({}))
