from typing import Any

from langgraph.func import entrypoint, task
from langgraph.types import RetryPolicy, interrupt

from tests.support.compat import agreed

ran: list[str] = []


@task
async def doubles(number: int) -> int:
    ran.append(f"doubles {number}")
    return number * 2


@task
async def asks(word: str) -> str:
    return f"{word} {interrupt(word)}"


def sometimes(number: int) -> int:
    ran.append("flaky")
    if ran.count("flaky") % 3:
        raise ValueError
    return number + 7


POLICY = RetryPolicy(initial_interval=0.01, jitter=False, retry_on=ValueError)
flaky: Any = task(retry_policy=POLICY)(sometimes)  # type: ignore[arg-type]


@entrypoint()
async def doubled(numbers: list[int]) -> list[int]:
    futures = [doubles(number) for number in numbers]
    interrupt("go on?")
    return [await future for future in futures]


@entrypoint()
async def asked(words: list[str]) -> list[str]:
    futures = [asks(word) for word in words]
    return [await future for future in futures]


@entrypoint()
def final(number: int, *, previous: Any = None) -> Any:
    interrupt("go on?")
    return entrypoint.final(value={"number": number, "previous": previous}, save=number)


@entrypoint()
def retries(number: int) -> int:
    result: int = flaky(number).result()
    return result


async def test_tasks_side_by_side_are_not_run_again_after_an_answer(checkpoints: str) -> None:
    ran.clear()
    assert await agreed(doubled, [1, 2], {"go on?": True}, checkpoints=checkpoints) == [2, 4]
    assert sorted(ran) == ["doubles 1"] * 2 + ["doubles 2"] * 2  # once by each


async def test_tasks_side_by_side_may_each_ask(checkpoints: str) -> None:
    answers = {"a": "A", "b": "B"}
    assert await agreed(asked, ["a", "b"], answers, checkpoints=checkpoints) == ["a A", "b B"]


async def test_final_returns_its_value_and_previous_is_none_in_a_thread_of_ones_own(checkpoints: str) -> None:
    output = await agreed(final, 1, {"go on?": True}, checkpoints=checkpoints)
    assert output == {"number": 1, "previous": None}


async def test_a_task_is_retried_by_its_own_policy() -> None:
    ran.clear()
    assert await agreed(retries, 1) == 8
    assert ran == ["flaky"] * 6
