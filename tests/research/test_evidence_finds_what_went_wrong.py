from pydoc_data.topics import topics
from typing import Any

from activities.research_corpus import passages_of
from demo.research.evidence import Kill, asked_again, faults, misquoted, reading

PASSAGE = passages_of("yield", topics["yield"])[0]
KILL = Kill(pid=1, noted=frozenset({"read noted"}))


def line(asked: str, pid: int = 1, what: str = "begun") -> dict[str, Any]:
    return {"asked": asked, "pid": pid, "what": what}


def report(text: str = PASSAGE.text, *citations: str, by: str = "quotation") -> dict[str, Any]:
    return {"written_by": by, "sentences": [{"text": text, "citations": list(citations or [PASSAGE.passage_id])}]}


def test_a_passage_cut_off_by_a_kill_may_be_begun_again() -> None:
    trace = [line("read a"), line("read a", 2)]
    assert asked_again(trace, [KILL]) == []
    assert reading(trace).cut_off == 1


def test_a_passage_that_was_noted_may_not() -> None:
    assert len(asked_again([line("read noted"), line("read noted", 2)], [KILL])) == 1


def test_a_passage_whose_worker_lived_may_not() -> None:
    assert len(asked_again([line("read a", 2), line("read a", 2)], [KILL])) == 1


def test_a_sentence_that_is_not_in_the_documentation_is_found() -> None:
    assert misquoted(report()) == []
    assert len(misquoted(report("Yield is a fruit."))) == 1
    assert len(misquoted(report(PASSAGE.text, "yield#999"))) == 1
    assert len(misquoted(report(PASSAGE.text, "no-topic#1"))) == 1
    assert len(misquoted(report("Yield is a tropical fruit.", by="model"))) == 1


def test_a_report_is_well_when_it_cites_what_was_read() -> None:
    read = [line(f"read {PASSAGE.passage_id}", what="ended")]
    assert faults(report(), read, []) == []
    assert len(faults(report(), [], [])) == 1
    assert faults({"written_by": "quotation", "sentences": []}, read, []) == ["the report says nothing"]
