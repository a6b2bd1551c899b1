from typing import Any

import pytest

from demo.evidence import Kill, nodes, open_nodes

KILLED, OTHER = 1, 2


def trace(*lines: tuple[str, int]) -> list[dict[str, Any]]:
    """What happened to one node execution, on which worker."""
    return [
        {"what": what, "pid": pid, "thread": "t", "step": 2, "node": "pull", "execution": "pull:task"}
        for what, pid in lines
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [("begun", OTHER), ("ended", OTHER)],
        [("begun", OTHER), ("waits", OTHER), ("begun", KILLED), ("ended", KILLED)],
    ],
    ids=["once", "a wait"],
)
def test_a_node_that_ran_as_it_should_was_run_once(lines: list[tuple[str, int]]) -> None:
    found = nodes(trace(*lines), [Kill(KILLED, frozenset())])
    assert (found.run, found.again_after_kill, found.again_after_failure, found.twice) == (1, 0, 0, [])


def test_a_node_in_flight_on_a_killed_worker_may_run_again() -> None:
    found = nodes(trace(("begun", KILLED), ("begun", OTHER), ("ended", OTHER)), [Kill(KILLED, frozenset())])
    assert (found.again_after_kill, found.twice) == (1, [])


def test_a_node_that_returned_on_a_killed_worker_before_its_output_was_written_may_run_again() -> None:
    lines = [("begun", KILLED), ("ended", KILLED), ("begun", OTHER), ("ended", OTHER)]
    found = nodes(trace(*lines), [Kill(KILLED, frozenset())])
    assert (found.again_after_kill, found.twice) == (1, [])


def test_a_node_whose_output_was_written_before_the_kill_may_not() -> None:
    lines = [("begun", KILLED), ("ended", KILLED), ("begun", OTHER), ("ended", OTHER)]
    found = nodes(trace(*lines), [Kill(KILLED, frozenset({("t", "task")}))])
    assert found.twice == ["pull, step 2 of t"]


def test_a_node_that_failed_runs_again() -> None:
    found = nodes(trace(("begun", OTHER), ("failed", OTHER), ("begun", OTHER), ("ended", OTHER)), [])
    assert (found.again_after_failure, found.twice) == (1, [])


def test_a_finished_node_that_begins_again_for_no_reason_is_a_fault() -> None:
    found = nodes(trace(("begun", OTHER), ("ended", OTHER), ("begun", OTHER)), [])
    assert found.twice == ["pull, step 2 of t"]


def test_what_runs_now_is_known_by_worker() -> None:
    assert open_nodes(trace(("begun", KILLED))) == {KILLED: ["pull"]}
    assert open_nodes(trace(("begun", KILLED), ("ended", KILLED))) == {}
