"""An offline library: the Python language reference in the standard library's `pydoc_data`, about 80 topics.

A passage is a paragraph, `topic#number`: the number-th block between blank lines. Topics repeat each other's chapters;
of the same paragraph only the one in the shortest topic is a passage, so that no passage seems to confirm itself.
"""

import asyncio
import re
import sqlite3
from collections.abc import Mapping
from functools import cached_property
from threading import Lock

from graphs.research_library import Hit, Passage
from graphs.research_terms import flat, sentences

UNDERLINE = re.compile(r"^[*=~^\"'-]{3,}$")
SNIPPET_CHARS = 160
SHORTEST_PREFIX = 5

SCHEMA = """
CREATE VIRTUAL TABLE passages USING fts5 (
    passage_id UNINDEXED, topic, heading, text, tokenize = 'unicode61'
)
"""
BEST = """
-- A word in the topic's name or in the heading above counts more than one in the text.
SELECT passage_id, heading, substr(text, 1, ?), length(text) FROM passages
WHERE passages MATCH ? ORDER BY bm25(passages, 0, 4, 3, 1), passage_id LIMIT ?
"""


class Corpus:
    """A library (`graphs.research_library.Library`) of plain texts, indexed in memory with SQLite's FTS5.

    Args:
        topics: By name; None: Python's own.
    """

    def __init__(self, topics: Mapping[str, str] | None = None) -> None:
        self._topics = topics
        self._one_at_a_time = Lock()

    async def search(self, query: str, *, limit: int) -> list[Hit]:
        """The best passages with any of the query's words, by BM25."""
        return await asyncio.to_thread(self._search, query, limit)

    async def read(self, passage_id: str) -> Passage:
        """The whole passage.

        Raises:
            KeyError: There is none of that id in this version of Python. *Not retryable.*
        """
        return (await asyncio.to_thread(self._all))[passage_id]

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """All of them."""
        topics = self._topics
        if topics is None:
            from pydoc_data.topics import topics as pythons

            topics = pythons
        found: dict[str, Passage] = {}
        known: set[str] = set()
        for topic, text in sorted(topics.items(), key=lambda one: (len(one[1]), one[0])):
            for passage in passages_of(topic, text):
                if passage.text not in known:
                    known.add(passage.text)
                    found[passage.passage_id] = passage
        return found

    @cached_property
    def _index(self) -> sqlite3.Connection:
        index = sqlite3.connect(":memory:", check_same_thread=False)
        index.execute(SCHEMA)
        index.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?)",
            ((one.passage_id, one.passage_id.partition("#")[0], one.title, one.text) for one in self.passages.values()),
        )
        return index

    def _all(self) -> dict[str, Passage]:
        with self._one_at_a_time:
            return self.passages

    def _search(self, query: str, limit: int) -> list[Hit]:
        wanted = " OR ".join(dict.fromkeys(_prefix(word) for word in re.findall(r"\w+", query.lower())))
        if not wanted:
            return []
        with self._one_at_a_time:
            rows = self._index.execute(BEST, (SNIPPET_CHARS, wanted, limit)).fetchall()
        return [Hit(passage_id=row[0], title=row[1], snippet=row[2], size_chars=row[3]) for row in rows]


def _prefix(word: str) -> str:
    """What a word is looked up as: `generators` finds `generator` too. (FTS5's own stemmer takes `general` for it.)"""
    return f'"{word.removesuffix("s")}" *' if len(word) >= SHORTEST_PREFIX else f'"{word}"'


def passages_of(topic: str, text: str) -> list[Passage]:
    """The paragraphs of a topic that hold at least one whole sentence, each with the heading above it."""
    heading, found = topic, []
    for number, block in enumerate(re.split(r"\n\s*\n", text.strip("\n")), start=1):
        lines = [line.strip() for line in block.splitlines()]
        if len(lines) == 2 and UNDERLINE.match(lines[1]):  # noqa: PLR2004 - a heading is a line and its underline
            heading = lines[0].replace('"', "")
        elif sentences(block):
            found.append(Passage(passage_id=f"{topic}#{number}", title=heading, text=flat(block)))
    return found
