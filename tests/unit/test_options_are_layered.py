from datetime import timedelta

from orchestrator import Options, Orchestrator, Retry
from orchestrator.options import DEFAULTS
from tests.support.graphs import chain, says


def registered(application: Options, graph: Options) -> Options:
    app = Orchestrator("layers", options=application)
    app.graph(chain(says("hello")), name="hello", options=graph)
    return app.definition("hello").options


def test_what_nobody_says_is_a_default() -> None:
    assert registered(Options(), Options()) == DEFAULTS


def test_a_graph_wins_over_its_application_field_by_field() -> None:
    policy = registered(Options(recursion_limit=7, on_failure="fail"), Options(recursion_limit=9))
    assert (policy.recursion_limit, policy.on_failure) == (9, "fail")


def test_a_retry_policy_is_layered_field_by_field_too() -> None:
    policy = registered(
        Options(retry=Retry(maximum_attempts=4, initial_interval=timedelta(seconds=9))),
        Options(retry=Retry(maximum_attempts=2)),
    )
    assert policy.retry == Retry(
        maximum_attempts=2,
        initial_interval=timedelta(seconds=9),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=5),
    )


def test_a_start_request_wins_over_both() -> None:
    below = registered(Options(recursion_limit=7), Options(recursion_limit=9, durability="async"))
    policy = Options(recursion_limit=11).over(below)
    assert (policy.recursion_limit, policy.durability) == (11, "async")


def test_durations_are_read_as_iso_8601() -> None:
    policy = Options.model_validate({"start_to_close_timeout": "PT90M", "human": {"due": "P5D"}})
    assert policy.start_to_close_timeout == timedelta(minutes=90)
    assert policy.human is not None
    assert policy.human.due == timedelta(days=5)
