"""The current details of a workflow's page: whatever a title holds, it stays a title."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator import described, markdown
from orchestrator.wire import StageInfo, Status, Task, WaitInfo
from orchestrator.workflow.page import Page

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs"
NASTY = [
    "a\n# b",
    "a\r\n- b",
    "a\u2028b",
    "a | b",
    "`rm -rf`",
    "<img src=x onerror=y>",
    "[a](http://b)",
    "**b**",
    "$x$",
]


def task(title: str) -> Task:
    return Task(task_id="t-1", workflow_id="w", title=title, assignees=[title], created_at=NOW, due_at=NOW, stage="s")


@pytest.mark.parametrize("text", NASTY)
def test_a_text_from_outside_adds_no_line_and_no_markup(text: str) -> None:
    plain = Page("w").of(Status(state="waiting"), [task("plain")])
    page = Page("w").of(Status(state="waiting"), [task(text)])
    assert len(page.splitlines()) == len(plain.splitlines())
    assert not re.search(r"(?<!\\)[<\[`*|$]", markdown.inline(text))
    assert "http://" not in page


def test_a_parked_stage_shows_the_exact_command() -> None:
    stage = StageInfo(name="my stage", graph="g", thread_id="t", state="parked", error="TypeError: `x`")
    page = Page("loan 1").of(Status(state="parked", stages=[stage]), [])
    assert "`orchestrator recover 'loan 1' --stage 'my stage' --action retry --reason ...`" in page
    assert "TypeError: \\`x\\`" in page


def test_each_action_links_to_a_page_that_exists() -> None:
    stages = [StageInfo(name="s", graph="g", thread_id="t", state="parked", error="KeyError")]
    said = [
        Page("w", "https://docs.example.com/orchestrator/").of(Status(state="parked", stages=stages), [task("Pay?")]),
        Page("w", "https://docs.example.com/orchestrator").of(Status(state="paused"), []),
    ]
    for page in said:
        links = re.findall(r"\(\[more\]\((.*?)\)\)", page)
        assert len(links) == page.count("`orchestrator ") > 0
        for link in links:
            name = link.removeprefix("https://docs.example.com/orchestrator/").removesuffix("/")
            assert (DOCS / f"{name}.md").is_file()


def test_many_tasks_and_waits_are_cut_with_a_count() -> None:
    waits = [WaitInfo(kind="event", name=f"e{number}", since=NOW) for number in range(50)]
    page = Page("w").of(Status(state="waiting", waits=waits), [task(f"Task {number}") for number in range(50)])
    assert page.count("- and 30 more") == 2
    assert "Task 19" in page
    assert "Task 20" not in page


def test_the_start_says_the_names_of_the_input_and_none_of_its_values() -> None:
    request = {"graph": "review", "input": {"iban": "DE02 1203", "note": "secret"}}
    said = described.details("GraphRun", [request], "ann") + described.summary("GraphRun", [request])
    assert "`iban`" in said
    assert "graph review" in said
    assert "DE02" not in said
    assert "secret" not in said


def test_a_summary_fits_the_server_s_400_bytes() -> None:
    assert len(described.summary("\N{GRINNING FACE}" * 500, []).encode()) <= 400
