import re
from typing import Any

import pytest

from orchestrator import ConfigurationError, Orchestrator
from tests.support.graphs import chain, says

ENDLESS = {"retry": {"maximum_attempts": 0}}

REFUSED = {
    "no start-to-close": ({"start_to_close_timeout": None}, "no start_to_close_timeout"),
    "a heartbeat longer than start-to-close": (
        {"start_to_close_timeout": "PT1M", "heartbeat_timeout": "PT2M"},
        "heartbeat_timeout (0:02:00) is longer than start_to_close_timeout (0:01:00)",
    ),
    "a heartbeat longer than the default start-to-close": ({"heartbeat_timeout": "P3D"}, "heartbeat_timeout"),
    "a start-to-close shorter than the default heartbeat": ({"start_to_close_timeout": "PT1S"}, "heartbeat_timeout"),
    "parking with unlimited attempts": (ENDLESS, "never park"),
    "a time-out that is not positive": ({"schedule_to_close_timeout": "PT0S"}, "schedule_to_close_timeout"),
    "a time-out beyond all calendars": ({"schedule_to_close_timeout": "P99999999D"}, "schedule_to_close_timeout"),
    "a first pause longer than the longest": (
        {"retry": {"initial_interval": "PT10M"}},
        "retry.initial_interval (0:10:00) is longer than retry.maximum_interval (0:05:00)",
    ),
    "a pause of nothing": ({"retry": {"initial_interval": "PT0S"}}, "retry.initial_interval"),
    "more attempts than can be counted": ({"retry": {"maximum_attempts": 99_999_999_999}}, "retry.maximum_attempts"),
    "a task queue of the server's own": ({"task_queue": "/_sys/work"}, "task_queue"),
    "a task queue with too long a name": ({"task_queue": "x" * 2000}, "task_queue"),
    "a recursion limit of nothing": ({"recursion_limit": 0}, "recursion_limit"),
    "a durability that there is not": ({"durability": "eventually"}, "durability"),
    "a misspelt option": ({"recursion_limt": 5}, "recursion_limt"),
}


def refused(app: Orchestrator, **registration: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        app.graph(chain(says("hello")), name="hello", **registration)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("options", "words"), REFUSED.values(), ids=REFUSED)
def test_at_the_graph_in_words(options: dict[str, Any], words: str) -> None:
    assert words in refused(Orchestrator("app"), options=options)


@pytest.mark.parametrize(("options", "words"), REFUSED.values(), ids=REFUSED)
def test_at_the_application_in_words(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)) as caught:
        Orchestrator("app", options=options).graph(chain(says("hello")), name="hello")
    assert "\n" not in str(caught.value)


def test_when_only_the_two_layers_together_make_no_sense() -> None:
    app = Orchestrator("app", options={"on_failure": "fail", **ENDLESS})
    assert "never park" in refused(app, options={"on_failure": "park"})


def test_unlimited_attempts_are_allowed_where_nothing_parks() -> None:
    app = Orchestrator("app")
    app.graph(chain(says("hello")), name="hello", options={"on_failure": "fail", **ENDLESS})
    assert app.definition("hello").options.on_failure == "fail"
