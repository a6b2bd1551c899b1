import json
from pathlib import Path

from orchestrator.large import LIMIT_BYTES
from tests.research.desk import desk, report_of

SENTENCE = "The lighthouse number {number} stands on a rock and its lamp shines over {number} miles of water. "


async def test_what_was_read_reaches_the_report_and_stays_out_of_the_history(tmp_path: Path) -> None:
    topics = {f"light{number}": SENTENCE.format(number=number) * 45 for number in range(100)}
    async with desk(tmp_path, topics, passages_per_question=100, at_once=50) as there:
        handle = await there.ask("Where are lighthouses?")
        report = await report_of(handle)
        history = (await handle.fetch_history()).to_json()
    assert report.passages_read == 100
    assert report.sentences
    assert all(sentence.text in topics[sentence.citations[0].partition("#")[0]] for sentence in report.sentences)
    assert 4000 * 100 > LIMIT_BYTES > len(json.dumps(history))
