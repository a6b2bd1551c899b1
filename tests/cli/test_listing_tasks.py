"""Open tasks of many workflows, narrowed, sorted and limited; all from the server's list."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from orchestrator import inbox, names
from orchestrator.workflow.board import MEMO_TASKS_SHOWN
from tests.cli.running import CommandLine, Ended, connected_to

NOW = datetime.now(UTC)
HEADS: dict[str, list[dict[str, Any]]] = {
    "ann-late": [{"assignees": ["ann"], "due_at": NOW - timedelta(hours=1)}],
    "ann-soon": [{"assignees": ["ann"], "due_at": NOW + timedelta(hours=1), "priority": 5}],
    "bob-claimed": [{"assignees": ["group:{team}"], "claimed_by": "bob", "state": "claimed"}],
    "team": [{"assignees": ["group:{team}"], "created_at": NOW - timedelta(days=9), "priority": 1}],
    "two": [{"assignees": ["ann"], "due_at": NOW + timedelta(days=400)}, {"assignees": ["group:{team}"]}],
    "none": [],
    "stranger": [],
}
Listed = dict[str, Ended]


@pytest.fixture(scope="module")
def team() -> str:
    return uuid4().hex[:8]


@pytest.fixture(scope="module")
def listed(orchestrator: CommandLine, team: str) -> CommandLine:
    """Workflows as the engine publishes them; names of people are this module's own."""

    async def begin(client: Client, name: str) -> None:
        heads = [
            {
                "task_id": f"{name}-{number}",
                "title": name,
                "created_at": NOW.isoformat(),
                "assignees": [_own(one, team) for one in head["assignees"]],
                **{key: _own(value, team) for key, value in head.items() if key != "assignees"},
            }
            for number, head in enumerate(HEADS[name], 1)
        ] + ([{"somebody": "else's"}] if name == "stranger" else [])
        waiting = ([head["claimed_by"]] if "claimed_by" in head else head.get("assignees", []) for head in heads)
        whom = sorted({str(one) for names_ in waiting for one in names_})
        due = min((head["due_at"] for head in HEADS[name] if "due_at" in head), default=None)
        pairs: list[Any] = [
            SearchAttributePair(SearchAttributeKey.for_keyword(names.ORCH_STATE), "waiting"),
            SearchAttributePair(SearchAttributeKey.for_keyword_list(names.ORCH_ASSIGNEES), whom),
        ]
        if due is not None:
            pairs.append(SearchAttributePair(SearchAttributeKey.for_datetime(names.ORCH_DUE_AT), due))
        await client.start_workflow(
            "GraphRun",
            {"graph": "x"},
            id=f"{team}-{name}",
            task_queue="nobody",
            memo={names.MEMO_TASKS: heads},
            search_attributes=TypedSearchAttributes(pairs),
        )

    async def go() -> None:
        client = await connected_to(orchestrator.environment["TEMPORAL_ADDRESS"])
        await asyncio.gather(*(begin(client, name) for name in HEADS))
        async with asyncio.timeout(30):
            while (await client.count_workflows(f"WorkflowId STARTS_WITH '{team}'")).count < len(HEADS):
                await asyncio.sleep(0.05)

    asyncio.run(go())
    return orchestrator


def _own(value: Any, team: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return (
        f"{team}-{value}" if value in ("ann", "bob") else value.format(team=team) if isinstance(value, str) else value
    )


FOUND: dict[tuple[str, ...], list[str]] = {
    ("--assignee", "{team}-ann"): ["ann-soon-1", "ann-late-1", "two-1"],
    ("--group", "{team}"): ["team-1", "two-2"],
    ("--mine", "--by", "{team}-bob"): ["bob-claimed-1"],
    ("--mine", "--by", "{team}-bob", "--group", "{team}"): ["team-1", "bob-claimed-1", "two-2"],
    ("--group", "{team}", "--sort", "age"): ["team-1", "two-2"],
    ("--assignee", "{team}-ann", "--sort", "due"): ["ann-late-1", "ann-soon-1", "two-1"],
    ("--assignee", "{team}-ann", "--overdue"): ["ann-late-1"],
    ("--assignee", "{team}-ann", "--due-before", "{tomorrow}"): ["ann-soon-1", "ann-late-1"],
    ("--assignee", "{team}-ann", "--priority-min", "5"): ["ann-soon-1"],
    ("--mine", "--by", "{team}-bob", "--state", "claimed"): ["bob-claimed-1"],
    ("--mine", "--by", "{team}-bob", "--state", "open"): [],
    ("--due-before", "{tomorrow}", "--assignee", "{team}-bob"): [],
    ("--assignee", "o'nobody\\"): [],
}


@pytest.fixture(scope="module")
def ended(listed: CommandLine, team: str) -> dict[tuple[str, ...], Ended]:
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    filled = [tuple(part.format(team=team, tomorrow=tomorrow) for part in options) for options in FOUND]
    return dict(zip(FOUND, listed.each(*(("tasks", *options, "--json") for options in filled)), strict=True))


@pytest.mark.parametrize("options", FOUND, ids=" ".join)
def test_tasks_are_narrowed_and_sorted(ended: dict[tuple[str, ...], Ended], options: tuple[str, ...]) -> None:
    assert [task["task_id"] for task in ended[options].json] == FOUND[options]


def test_of_more_than_the_limit_the_first_are_shown_and_the_rest_is_counted(listed: CommandLine, team: str) -> None:
    done = listed("tasks", "--assignee", f"{team}-ann", "--sort", "due", "--limit", "1")
    assert "ann-late-1" in done.out
    assert "ann-soon-1" not in done.out
    assert done.err == "Shown: 1 of 3; --limit shows more.\n"


def test_the_list_knows_how_many_tasks_a_memo_holds() -> None:
    assert inbox.HEADS_KEPT == MEMO_TASKS_SHOWN


class OfAnUnregisteredAttribute(inbox.Wanted):
    def query(self) -> str:
        return f"{inbox.RUNNING} AND NobodyRegisteredThis = 'x'"


async def test_without_registered_search_attributes_everything_that_runs_is_looked_through(
    listed: CommandLine, team: str
) -> None:
    client = await connected_to(listed.environment["TEMPORAL_ADDRESS"])
    found = await inbox.read(client, OfAnUnregisteredAttribute(whom=frozenset({f"{team}-ann"})))
    assert [task.task_id for task in found.tasks] == ["ann-soon-1", "ann-late-1", "two-1"]


def test_a_workflow_with_more_tasks_than_its_memo_holds_is_named(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Round", new_id, 25, until="waiting")
    found = clinic("tasks", "--json", "--limit", "1000")
    assert len([task for task in found.json if task["workflow_id"] == new_id]) == 20
    assert "only the first 20 tasks: see `orchestrator tasks --workflow ID`" in found.err
    own, urgent = clinic.each(
        ("tasks", "--workflow", new_id, "--json"),
        ("tasks", "--workflow", new_id, "--priority-min", "22", "--limit", "2", "--json"),
    )
    assert len(own.json) == 25
    assert [task["title"] for task in urgent.json] == ["Bed 24?", "Bed 23?"]
    assert "Shown: 2 of 3" in urgent.err
    assert clinic("cancel", new_id, "--wait").status == 0  # the other tests' lists are short
