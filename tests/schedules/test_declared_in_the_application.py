from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import ScheduleState

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.errors import ConfigurationError, Refused
from orchestrator.schedules.plan import Plan
from tests.cli.running import CommandLine, environment
from tests.schedules.server import scheduling
from tests.support.graphs import chain, says

APP = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
from orchestrator import Orchestrator

class State(TypedDict):
    n: int

def same(state):
    return {{}}

graph = StateGraph(State)
graph.add_node(same)
graph.add_edge(START, "same")
app = Orchestrator("{name}")
app.graph(graph, name="count")
"""


@pytest.fixture
def folder(temporal: DevServer, tmp_path: Path) -> CommandLine:
    """A folder with an application `own`, which is called something that no other test's is."""
    name = f"app-{uuid4().hex[:8]}"
    (tmp_path / "own.py").write_text(APP.format(name=name))
    variables = environment(
        TEMPORAL_ADDRESS=temporal.address,
        ORCHESTRATOR_APP="own:app",
        ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{tmp_path / 'c.db'}",
    )
    return CommandLine(tmp_path, variables)


def declare(line: CommandLine, *schedules: str) -> None:
    """What the application declares from now on."""
    file = line.folder / "own.py"
    text = [each for each in file.read_text().splitlines() if not each.startswith("app.schedule(")]
    file.write_text("\n".join([*text, *schedules, ""]))


def steps(line: CommandLine, *options: str) -> dict[str, str]:
    """What `setup` says of each schedule, once the server's list has all that there is."""
    return {step["schedule_id"]: step["what"] for step in line("setup", "--json", *options).json["schedules"]}


def test_setup_shows_what_differs_does_it_and_deletes_only_if_told_to(folder: CommandLine) -> None:
    one, two = f"one-{uuid4().hex[:6]}", f"two-{uuid4().hex[:6]}"
    declare(folder, f"app.schedule('{one}', 'count', cron='0 2 * * *', input={{'n': 1}}, note='nightly')")
    assert steps(folder, "--dry-run") == {one: "create"}
    assert folder("schedule", "show", one).status == 1
    assert f"schedule {one}: created" in folder("setup").out
    assert steps(folder) == {one: "unchanged"}
    shown = folder("schedule", "show", one, "--json").json
    assert (shown["starts"], shown["declared_by"], shown["note"]) == ("count", shown["task_queue"], "nightly")

    declare(
        folder,
        f"app.schedule('{one}', 'count', cron='0 3 * * *', input={{'n': 1}})",
        f"app.schedule('{two}', 'count', every='PT1H', thread='continued', paused=True)",
    )
    assert folder("schedule", "pause", one, "--note", "stop", "--by", "ann").status == 0
    differs = f"schedule {one}: to be changed (cron: ['0 2 * * *'] -> ['0 3 * * *'])"
    assert differs in folder("setup", "--dry-run").out
    assert folder("setup").status == 0
    shown = folder("schedule", "show", one, "--json").json
    assert (shown["cron"], shown["paused"], shown["note"]) == (["0 3 * * *"], True, "nightly [paused by ann: stop]")
    assert folder("schedule", "show", two, "--json").json["thread"] == two

    declare(folder)
    while set(steps(folder, "--dry-run")) != {one, two}:
        pass  # the server's list is a moment behind
    assert "no longer declared: stays; --prune deletes it" in folder("setup").out
    assert steps(folder, "--prune") == {one: "remove", two: "remove"}
    assert folder("schedule", "show", one).status == 1


def test_one_that_was_made_by_hand_is_never_touched(folder: CommandLine) -> None:
    name = f"mine-{uuid4().hex[:6]}"
    assert folder("schedule", "create", name, "count", "--cron", "0 5 * * *").status == 0
    declare(folder, f"app.schedule('{name}', 'count', cron='0 2 * * *')")
    assert steps(folder, "--dry-run") == {name: "made by hand"}
    refused = folder("setup", "--prune")
    assert refused.status == 1
    assert f"{name}: made by hand" in refused.err
    assert folder("schedule", "show", name, "--json").json["cron"] == ["0 5 * * *"]
    declare(folder)
    assert steps(folder, "--prune") == {}
    assert folder("schedule", "delete", name).status == 0


def test_what_is_created_again_is_compared(folder: CommandLine) -> None:
    name = f"again-{uuid4().hex[:6]}"
    create = ("schedule", "create", name, "count", "--cron", "0 5 * * *", "--by", "ann", "--json")
    assert folder(*create).json == {"schedule_id": name, "done": "created"}
    assert folder(*create).json["done"] == "unchanged"
    differs = folder(*create, "--jitter", "PT1M", "--overlap", "buffer-one").refused()
    assert "jitter: 'PT0S' -> 'PT1M'; overlap: 'skip' -> 'buffer-one'" in differs
    assert folder(*create, "--jitter", "PT1M", "--replace").json["done"] == "changed"
    assert "no duration" in folder(*create, "--jitter", "soon").refused(2)
    memory = folder.but(ORCHESTRATOR_CHECKPOINTS="memory://")
    assert "memory:// forgets it" in memory(*create, "--thread", "continued").refused()
    listed = folder("schedule", "list")
    assert name in listed.out
    assert folder("schedule", "delete", name).status == 0


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({}, "say when"),
        ({"cron": "@daily", "thread": "continued", "overlap": "allow-all"}, "two runs at once"),
        ({"cron": "@daily", "inputs": 1}, "inputs: Extra inputs are not permitted"),
        ({"cron": "@daily", "input": "x" * 300_000}, "over 256 KiB"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_application(details: dict[str, Any], why: str) -> None:
    app = Orchestrator("tests")
    app.graph(chain(says("one")), name="one")
    with pytest.raises(ConfigurationError, match=why):
        app.schedule("s", "one", **details)


def test_a_graph_in_memory_has_no_continued_thread() -> None:
    app = Orchestrator("tests")
    app.graph(chain(says("one")), name="one", checkpointer="memory://")
    with pytest.raises(Refused, match="memory:// forgets it"):
        app.schedule("s", "one", cron="@daily", thread="continued")


def test_only_what_is_registered_can_be_scheduled() -> None:
    with pytest.raises(ConfigurationError, match="register that graph or workflow first"):
        Orchestrator("tests").schedule("s", "one", cron="@daily")


async def test_a_schedule_of_another_client_is_shown_as_the_server_has_it(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(says("one"))) as server:
        name, plan = f"s-{uuid4().hex[:8]}", Plan(workflow="Nothing", task_queue="none", cron=["0 3 * * *"])
        schedule = plan.schedule(name, ScheduleState())
        schedule.action.memo = None  # type: ignore[attr-defined]
        await server.client.create_schedule(name, schedule)
        info = await server.schedules.show(name)
        assert (info.cron, [each.hour for each in info.calendars], info.declared_by) == ([], ["3"], None)
        await server.schedules.delete(name)
