"""What really happened, from outside: the trace of the nodes, the bureau's ledger, the mail store and the checkpoints.

The engine is not asked whether it was exact.
"""

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

CONTROL = ("__interrupt__", "__resume__", "__error__", "__error_source_node__")
"""LangGraph's writes that say what happened to a task. Any other write is output: the task finished."""

LETTER, REMINDER = "Your", "Reminder"
"""First words of the subjects of letters and reminders."""

Execution = tuple[str, str]
"""Thread, and LangGraph's id of the task."""


@dataclass(frozen=True)
class Kill:
    """A worker that was killed."""

    pid: int
    finished: frozenset[Execution]
    """The node executions whose output stood in the checkpoints when it died."""


def finished(checkpoints: Path) -> frozenset[Execution]:
    """The node executions whose output stands in the checkpoints now."""
    file = sqlite3.connect(f"file:{checkpoints}?mode=ro", uri=True)
    try:
        marks = ", ".join("?" * len(CONTROL))
        query = f"SELECT DISTINCT thread_id, task_id FROM writes WHERE channel NOT IN ({marks})"  # noqa: S608 - marks
        return frozenset((row[0], row[1]) for row in file.execute(query, CONTROL))
    finally:
        file.close()


@dataclass
class Nodes:
    """The node executions of a trace."""

    run: int = 0
    """Executions that ended."""
    again_after_kill: int = 0
    """In flight on a worker that was killed, so begun again: nobody can know how far they had come."""
    again_after_failure: int = 0
    """Failed, as when the bureau was down, and begun again."""
    twice: list[str] = field(default_factory=list)
    """Executions that began again though they had finished, or though nobody had stopped them. There must be none."""


def nodes(trace: list[dict[str, Any]], kills: list[Kill]) -> Nodes:
    """Judge a trace.

    A node has its place: thread, super-step and name. (No graph here runs a node several times in one step.) One that
    waits begins again when the answer is there: that is how LangGraph resumes, and no repetition. One that returned on
    a worker killed before its output was written had not finished.
    """
    found = Nodes()
    by_place: defaultdict[tuple[str, int, str], list[dict[str, Any]]] = defaultdict(list)
    for line in trace:
        by_place[line["thread"], line["step"], line["node"]].append(line)
    for (thread, step, node), lines in by_place.items():
        found.run += any(line["what"] == "ended" for line in lines)
        for before, line in pairwise(lines):
            if line["what"] != "begun" or before["what"] == "waits":
                continue
            if before["what"] == "failed":
                found.again_after_failure += 1
            elif _in_flight(before, kills):
                found.again_after_kill += 1
            else:
                found.twice.append(f"{node}, step {step} of {thread}")
    return found


def _in_flight(before: dict[str, Any], kills: list[Kill]) -> bool:
    """Whether the worker that ran a node was killed before the node's output was written."""
    execution = (before["thread"], before["execution"].rpartition(":")[2])
    return any(kill.pid == before["pid"] and execution not in kill.finished for kill in kills)


def open_nodes(trace: list[dict[str, Any]]) -> dict[int, list[str]]:
    """The nodes that are running now, by worker."""
    running: dict[tuple[str, str], dict[str, Any]] = {}
    for line in trace:
        if line["what"] == "begun":
            running[line["thread"], line["execution"]] = line
        else:
            running.pop((line["thread"], line["execution"]), None)
    by_pid: defaultdict[int, list[str]] = defaultdict(list)
    for line in running.values():
        by_pid[line["pid"]].append(line["node"])
    return by_pid


def faults(
    decisions: dict[str, dict[str, Any] | str],
    found: Nodes,
    ledger: list[dict[str, Any]],
    mail: list[dict[str, Any]],
) -> list[str]:
    """What was lost or done twice, a line for each.

    Args:
        decisions: By application id: the workflow's result, or why there is none.
        found: The judged trace.
        ledger: The bureau's.
        mail: The mail store's.
    """
    wrong = [f"node ran twice: {where}" for where in found.twice]
    orders = Counter((entry["file_number"], entry["kind"]) for entry in ledger if entry["what"] == "done")
    repeats = Counter(entry["key"] for entry in ledger if entry["what"] == "done")
    wrong += [f"the bureau carried out order {key} {count} times" for key, count in repeats.items() if count > 1]
    delivered: Counter[tuple[str, str]] = Counter()
    for entry in mail:
        if entry["what"] == "delivered":
            delivered[entry["to"].partition("@")[0], entry["subject"].partition(" ")[0]] += 1
    for application_id, decision in decisions.items():
        if isinstance(decision, str):
            wrong.append(f"{application_id} was lost: {decision}")
            continue
        file_number, asked = int(application_id.rpartition("-")[2]), decision["outcome"] != "incomplete"
        expected = {"inquiry": asked, "tradelines": asked, "public-records": asked}
        for kind, count in {**expected, "appraisal": decision["appraisals_ordered"]}.items():
            if orders[file_number, kind] != count:
                wrong.append(f"{application_id}: {orders[file_number, kind]} orders of {kind}, not {int(count)}")
        for kind, count in {LETTER: 1, REMINDER: decision["reminders"]}.items():
            if delivered[application_id, kind] != count:
                wrong.append(f"{application_id}: {delivered[application_id, kind]} mails {kind!r}, not {count}")
    return wrong
