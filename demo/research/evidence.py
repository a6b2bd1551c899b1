"""What must be so at the end, and is not. Neither the engine nor the index is asked: the library's own journal tells
what was read, and the citations are looked up in Python's documentation itself."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pydoc_data.topics import topics
from typing import Any

COVERED = 0.4
"""Of the longer words of a sentence that is no quotation, how many stand in the documentation as they are."""


@dataclass(frozen=True)
class Kill:
    """A worker that was killed."""

    pid: int
    noted: frozenset[str]
    """What stood in the notebook when it died."""


@dataclass
class Reading:
    """What the library was asked."""

    passages: int = 0
    searches: int = 0
    cut_off: int = 0
    """Under way on a worker that was killed, so asked again."""


def reading(trace: list[dict[str, Any]]) -> Reading:
    """Count the journal's lines."""
    begun = Counter(line["asked"] for line in trace if line["what"] == "begun")
    return Reading(
        passages=sum(asked.startswith("read ") for asked in begun),
        searches=sum(asked.startswith("search ") for asked in begun),
        cut_off=sum(count - 1 for asked, count in begun.items() if asked.startswith("read ")),
    )


def asked_again(trace: list[dict[str, Any]], kills: list[Kill]) -> list[str]:
    """A line for each passage that was read once more without need: it stood in the notebook, or nobody had cut it off.

    (Two questions may well make the same search.)
    """
    wrong = []
    by_asked: dict[str, list[dict[str, Any]]] = {}
    for line in trace:
        if line["what"] == "begun" and line["asked"].startswith("read "):
            by_asked.setdefault(line["asked"], []).append(line)
    for asked, lines in by_asked.items():
        for before, _ in pairwise(lines):
            kill = next((kill for kill in kills if kill.pid == before["pid"]), None)
            if kill is None:
                wrong.append(f"{asked}: twice, though its worker lived")
            elif asked in kill.noted:
                wrong.append(f"{asked}: again, though its note stood when the worker was killed")
    return wrong


def misquoted(report: dict[str, Any]) -> list[str]:
    """A line for each sentence that does not say what Python's documentation says there."""
    wrong = []
    for sentence in report["sentences"]:
        cited = [_paragraph(passage_id) for passage_id in sentence["citations"]]
        if not cited or None in cited:
            wrong.append(f"{sentence['text']}: cites {sentence['citations']}, which is not all in the documentation")
        elif report["written_by"] == "quotation":
            if not any(_flat(sentence["text"]) in _flat(text or "") for text in cited):
                wrong.append(f"{sentence['text']}: does not stand in {sentence['citations']}")
        elif _share(sentence["text"], " ".join(text or "" for text in cited)) < COVERED:
            wrong.append(f"{sentence['text']}: has little to do with {sentence['citations']}")
    return wrong


def faults(report: dict[str, Any], trace: list[dict[str, Any]], kills: list[Kill]) -> list[str]:
    """A line for each thing that is wrong."""
    wrong = [*asked_again(trace, kills), *misquoted(report)]
    read = {line["asked"] for line in trace if line["what"] == "ended"}
    cited = {cited for sentence in report["sentences"] for cited in sentence["citations"]}
    wrong += [f"{passage_id}: cited and never read" for passage_id in sorted(cited) if f"read {passage_id}" not in read]
    if not report["sentences"]:
        wrong.append("the report says nothing")
    return wrong


def _paragraph(passage_id: str) -> str | None:
    """What stands in the documentation under `topic#number`: the number-th block between blank lines."""
    topic, _, number = passage_id.partition("#")
    blocks = re.split(r"\n\s*\n", topics.get(topic, "").strip("\n"))
    return blocks[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(blocks) else None


def _flat(text: str) -> str:
    return " ".join(text.split())


def _share(sentence: str, text: str) -> float:
    """How many of its longer words stand in the text."""
    words = set(re.findall(r"[a-z_]{4,}", sentence.lower()))
    return len(words & set(re.findall(r"[a-z_]{4,}", text.lower()))) / len(words) if words else 0.0
