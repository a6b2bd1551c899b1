from pathlib import Path

from graphs.research_claims import claims_of
from graphs.research_dossier import Claim, Question
from graphs.research_library import Passage
from tests.research.desk import desk, report_of

TOPICS = {
    "bridge": "The old bridge over the river has 7 stone arches and was built by monks.",
    "guide": "Travellers say that monks built the old stone bridge with its arches over the river.",
    "chronicle": "The old bridge over the river has 9 stone arches and was built by monks.",
    "copy": "Also: The old bridge over the river has 7 stone arches and was built by monks.",
    "mill": "The water mill beside the market grinds barley for the whole valley in autumn.",
}


def checked(quote: str, own: str, **others: str) -> Claim:
    """The claim that a passage of one sentence makes beside the others."""
    passages = {name: Passage(passage_id=name, text=text) for name, text in {own: quote, **others}.items()}
    question = Question(id="q1", text=quote)
    [claim] = claims_of([question], {"q1": [own]}, passages, per_question=1)
    assert claim.quote == quote
    return claim


def test_what_another_passage_says_in_other_words_is_supported() -> None:
    claim = checked(TOPICS["bridge"], "bridge", guide=TOPICS["guide"], mill=TOPICS["mill"])
    assert claim.supported_by == ["guide"]
    assert claim.conflicts == []


def test_what_nobody_else_says_has_no_support() -> None:
    assert checked(TOPICS["mill"], "mill", bridge=TOPICS["bridge"], guide=TOPICS["guide"]).supported_by == []


def test_a_copy_is_no_second_source() -> None:
    assert checked(TOPICS["bridge"], "bridge", copy=TOPICS["bridge"]).supported_by == []


def test_other_figures_about_the_same_are_a_conflict_and_no_support() -> None:
    claim = checked(TOPICS["bridge"], "bridge", chronicle=TOPICS["chronicle"])
    assert [conflict.passage_id for conflict in claim.conflicts] == ["chronicle"]
    assert claim.supported_by == []


def test_a_number_in_words_is_the_same_number() -> None:
    in_words = TOPICS["bridge"].replace("7", "seven")
    assert checked(TOPICS["bridge"], "bridge", words=in_words).conflicts == []
    assert checked(TOPICS["chronicle"], "chronicle", words=in_words).conflicts != []


def test_versions_are_no_figures() -> None:
    one = "The flags argument of the compile function is accepted since version 3.7 of it."
    assert checked(one, "one", other=one.replace("3.7", "3.8")).conflicts == []


async def test_the_report_says_what_has_a_single_source_and_where_figures_differ(tmp_path: Path) -> None:
    async with desk(tmp_path, {name: TOPICS[name] for name in ("bridge", "chronicle", "guide", "mill")}) as there:
        report = await report_of(await there.ask("Who built the stone bridge and the water mill?"))
    remarks = {sentence.citations[0]: sentence.remarks for sentence in report.sentences}
    assert remarks["mill#1"] == ["single source"]
    bridge = remarks.get("bridge#1") or remarks["chronicle#1"]
    assert any(remark.startswith("other figures in") for remark in bridge)
    assert "other figures in" in report.markdown
