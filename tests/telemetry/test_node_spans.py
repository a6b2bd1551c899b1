from collections.abc import Iterator
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint, task
from langgraph.types import RetryPolicy, interrupt
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, Tracer

from orchestrator.telemetry.node_spans import NodeSpans
from tests.support.graphs import EMPTY, Log, chain, fan, says

EXPORTER = InMemorySpanExporter()


@pytest.fixture
def tracer() -> Iterator[Tracer]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
    EXPORTER.clear()
    yield provider.get_tracer("tests")
    EXPORTER.clear()


async def run(tracer: Tracer, graph: Any, value: Any = EMPTY) -> list[str]:
    """Each span with those around it, in the order of their ends, after a run inside the span `activity`."""
    spans = NodeSpans(tracer, {"graph": "tests"})
    with tracer.start_as_current_span("activity"):
        await graph.ainvoke(value, {"callbacks": [spans], "configurable": {"thread_id": "1"}})
        tracer.start_span("afterwards").end()
    assert not spans._open
    return [path(span) for span in EXPORTER.get_finished_spans()]


def path(span: ReadableSpan) -> str:
    known = {each.context.span_id: each for each in EXPORTER.get_finished_spans() if each.context}
    around = known.get(span.parent.span_id) if span.parent else None
    name = span.name.removeprefix("RunNode:")
    return f"{path(around)}/{name}" if around else name


def named(name: str) -> ReadableSpan:
    return next(span for span in EXPORTER.get_finished_spans() if span.name == f"RunNode:{name}")


async def test_nodes_in_a_row_lie_side_by_side(tracer: Tracer) -> None:
    paths = await run(tracer, chain(says("one"), says("two"), says("three")).compile())
    assert paths == ["activity/one", "activity/two", "activity/three", "activity/afterwards", "activity"]


async def test_so_do_nodes_at_the_same_time(tracer: Tracer) -> None:
    paths = await run(tracer, fan(says("left"), says("right")).compile())
    assert sorted(paths[:2]) == ["activity/left", "activity/right"]


async def test_what_a_node_starts_is_its_own_also_after_a_subgraph(tracer: Tracer) -> None:
    inner = chain(says("inner")).compile()

    async def outer(_state: Log) -> Log:
        await inner.ainvoke(EMPTY)
        tracer.start_span("library").end()
        return {"log": ["outer"]}

    paths = await run(tracer, chain(outer, says("next")).compile())
    assert paths[:4] == ["activity/outer/inner", "activity/outer/library", "activity/outer", "activity/next"]


async def test_the_same_in_a_node_that_runs_in_a_thread(tracer: Tracer) -> None:
    inner = chain(says("inner")).compile()

    def outer(_state: Log) -> Log:
        inner.invoke(EMPTY)
        tracer.start_span("library").end()
        return {"log": ["outer"]}

    paths = await run(tracer, chain(outer, says("next")).compile())
    assert paths[:4] == ["activity/outer/inner", "activity/outer/library", "activity/outer", "activity/next"]


async def test_tasks_of_the_functional_api_have_spans_in_their_entrypoint_s(tracer: Tracer) -> None:
    @task
    async def double(number: int) -> int:
        return 2 * number

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(number: int) -> int:
        return await double(number) + await double(number)

    paths = await run(tracer, flow, 1)
    assert paths[:3] == ["activity/flow/double", "activity/flow/double", "activity/flow"]


async def test_an_error_is_in_the_span_of_its_node_and_in_those_around(tracer: Tracer) -> None:
    def breaks(_state: Log) -> Log:
        raise ValueError("broken")

    async def outer(_state: Log) -> Log:
        await chain(breaks).compile().ainvoke(EMPTY)
        return {"log": ["outer"]}

    with pytest.raises(ValueError, match="broken"):
        await run(tracer, chain(says("before"), outer).compile())
    assert named("before").status.status_code is StatusCode.UNSET
    for failed in ("breaks", "outer"):
        assert named(failed).status.description == "ValueError: broken"
        assert [event.name for event in named(failed).events] == ["exception"]


async def test_each_attempt_of_a_node_s_own_retry_policy_is_a_span(tracer: Tracer) -> None:
    attempts: list[str] = []

    def flaky(_state: Log) -> Log:
        attempts.append("attempt")
        if len(attempts) == 1:
            raise ConnectionError
        return {"log": ["flaky"]}

    builder: Any = chain(says("before"))
    builder.add_node("flaky", flaky, retry_policy=RetryPolicy(initial_interval=0.01, jitter=False))
    builder.add_edge("before", "flaky")
    assert (await run(tracer, builder.compile()))[:3] == ["activity/before", "activity/flaky", "activity/flaky"]


async def test_a_question_is_no_failure(tracer: Tracer) -> None:
    def asks(_state: Log) -> Log:
        return {"log": [interrupt("?")]}

    await run(tracer, chain(asks).compile(checkpointer=InMemorySaver()))
    assert named("asks").status.status_code is StatusCode.UNSET
    assert (named("asks").attributes or {})["orchestrator.left_by"] == "GraphInterrupt"


async def test_the_state_is_in_no_span(tracer: Tracer) -> None:
    await run(tracer, chain(says("one")).compile(), {"log": ["s3cret"]})
    assert all("s3cret" not in span.to_json() for span in EXPORTER.get_finished_spans())
