"""A node's code was changed while its task held answers, so that it asks something else first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from langgraph.types import RetryPolicy, interrupt

from orchestrator.devserver import DevServer
from orchestrator.waits import ask, sleep, wait_for
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Builder, Log, chain
from tests.support.local import Handle, decide, open_tasks, output
from tests.upgrade.deployments import Deployments


def node(*questions: Callable[[], Any]) -> Builder:
    """A graph of one node that logs what each of these comes to."""

    def asks(_state: Log) -> Log:
        return {"log": [question() for question in questions]}

    return chain(asks)


def deleting() -> str:
    return ask("Delete everything?").action


def paying() -> str:
    return ask("Pay?").action


def telling() -> str:
    return ask("Tell?", payload={"at": id(object())}, due=timedelta(days=1)).action


def resting() -> None:
    sleep(timedelta(seconds=1))


def plain() -> Any:
    return interrupt("Anything?")


BEFORE = {
    "another one is asked first": (node(paying, telling), node(deleting, paying, telling)),
    "they are asked in another order": (node(paying, telling), node(telling, paying)),
    "one is asked no more": (node(paying, telling), node(telling)),
    "a timer comes first": (node(paying, telling), node(resting, paying, telling)),
    "a plain interrupt comes first": (node(paying, telling), node(plain, paying, telling)),
    "plain interrupts come instead": (node(paying, telling), node(plain, plain)),
    "an event comes first": (node(plain, telling), node(lambda: wait_for("mail"), plain, telling)),
}


@pytest.fixture
async def deployments(temporal: DevServer, checkpoints: str) -> Deployments:
    return Deployments(await temporal.client(), checkpoints)


async def test_parks_where_another_question_would_take_it_and_goes_on_with_the_old_code(
    deployments: Deployments,
) -> None:
    before = {name: old for name, (old, _) in BEFORE.items()}
    async with deployments.version(before):
        handles = {name: await deployments.local.graph(name, EMPTY) for name in BEFORE}
        for handle in handles.values():
            await open_tasks(handle)
            await decide(handle)
        for handle in handles.values():
            await open_tasks(handle)
    async with deployments.version({name: new for name, (_, new) in BEFORE.items()}):
        for handle in handles.values():
            await decide(handle, "reject")
        errors = {name: (await parked(handle))["error"] for name, handle in handles.items()}
    why = "GraphChanged: Graph {0!r}: {1} would take the answer to {2}. Its node was changed under this stage."
    assert "an interrupt(…) has taken the answer to ask('Pay?')" in errors["plain interrupts come instead"]
    for name, first, second in (
        ("another one is asked first", "ask('Delete everything?')", "ask('Pay?')"),
        ("they are asked in another order", "ask('Tell?')", "ask('Pay?')"),
        ("one is asked no more", "ask('Tell?')", "ask('Pay?')"),
        ("a plain interrupt comes first", "ask('Pay?')", "ask('Tell?')"),
        ("a timer comes first", "sleep(…)", "ask('Pay?')"),
        ("an event comes first", "wait_for('mail')", "an interrupt(…)"),
    ):
        assert errors[name].startswith(why.format(name, first, second))
    async with deployments.version(before):
        for name, handle in handles.items():
            await recover(handle, "retry")
            first_answer = True if name == "an event comes first" else "approve"
            assert await output(handle) == {"log": [first_answer, "reject"]}


async def test_goes_on_where_the_same_is_asked_in_other_words_under_a_key(deployments: Deployments) -> None:
    def keyed(title: str) -> Builder:
        return node(lambda: ask(title, key="pay").action, telling, resting)

    async with deployments.version({"work": keyed("Pay?")}):
        handle = await deployments.local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle)
        await open_tasks(handle)
    async with deployments.version({"work": keyed("Pay the invoice?")}):
        await decide(handle, "reject")
        assert await output(handle) == {"log": ["approve", "reject", None]}


async def test_neither_a_retry_nor_an_error_handler_of_the_node_takes_it_for_a_failure(
    deployments: Deployments,
) -> None:
    def version(question: Callable[[], Any]) -> Builder:
        builder = Builder(Log)
        builder.add_node(
            "asks",
            lambda _state: {"log": [question(), telling()]},
            retry_policy=RetryPolicy(initial_interval=0.01),
            error_handler=lambda _state: {"log": ["handled"]},
        )
        return builder.set_entry_point("asks")

    async with deployments.version({"work": version(paying)}):
        handle = await deployments.local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle)
        await open_tasks(handle)
    async with deployments.version({"work": version(deleting)}):
        await decide(handle, "reject")
        assert "ask('Delete everything?') would take the answer to ask('Pay?')" in (await parked(handle))["error"]
        await recover(handle, "abort")


async def test_passes_over_a_question_that_is_asked_no_more(deployments: Deployments) -> None:
    async def goes_on(handle: Handle) -> None:
        assert await output(handle) == {"log": ["done"]}

    await deployments.run(node(paying), node(lambda: "done"), EMPTY, goes_on)
