import re
from pathlib import Path
from pydoc_data.topics import topics

import pytest

from graphs.research_terms import flat
from tests.research.desk import QUESTION, desk, report_of


def paragraph(passage_id: str) -> str:
    """Straight from the documentation: no index, no notebook."""
    topic, _, number = passage_id.partition("#")
    return flat(re.split(r"\n\s*\n", topics[topic].strip("\n"))[int(number) - 1])


@pytest.mark.parametrize("question", [QUESTION, "How does the with statement work?", "What are lists and tuples?"])
async def test_each_sentence_stands_word_for_word_in_the_passage_that_it_cites(question: str, tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        report = await report_of(await there.ask(question))
        read = there.read()
    assert len(report.sentences) >= 5
    for sentence in report.sentences:
        [cited] = sentence.citations
        assert sentence.text in paragraph(cited)
        assert f"{sentence.text} [{cited}]" in report.markdown
        assert cited in read
    assert report.dropped == []


async def test_each_passage_is_read_once_though_several_questions_found_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        report = await report_of(await there.ask())
        read = there.read()
    assert len(read) == len(set(read)) == report.passages_read
    assert report.spent.calls == len(read) + len(there.searched())


async def test_what_nobody_has_written_about_is_not_answered(tmp_path: Path) -> None:
    async with desk(tmp_path) as there:
        report = await report_of(await there.ask("Why do zebras xylograph?"))
    assert report.sentences == []
    assert "Nothing was found that answers this." in report.markdown
