import pytest

from graphs.research_checks import complaint
from graphs.research_dossier import Sentence
from graphs.research_library import Passage

PASSAGES = {
    "tea#1": Passage(
        passage_id="tea#1", text="Green tea is brewed\nat 80 degrees for two minutes, and black tea boils."
    ),
    "tea#2": Passage(passage_id="tea#2", text="Coffee is roasted before it is ground."),
}


def said(text: str, *citations: str, word_for_word: bool = False) -> str | None:
    sentence = Sentence(question_id="q1", text=text, citations=list(citations))
    return complaint(sentence, PASSAGES, word_for_word=word_for_word)


def test_a_quotation_stands_in_its_passage_word_for_word() -> None:
    assert said("Green tea is brewed at 80 degrees", "tea#1", word_for_word=True) is None
    assert said("Green tea is brewed at 90 degrees", "tea#1", word_for_word=True) == "it is no quotation"
    assert said("Green tea is brewed at 80 degrees", "tea#2", word_for_word=True) == "it is no quotation"


@pytest.mark.parametrize("word_for_word", [True, False])
def test_a_sentence_cites_what_was_read(word_for_word: bool) -> None:
    assert said("Green tea is brewed.", word_for_word=word_for_word) == "it cites nothing"
    unknown = said("Green tea is brewed.", "tea#1", "tea#9", word_for_word=word_for_word)
    assert unknown == "it cites tea#9, which nobody has read"


def test_a_reworded_sentence_has_the_words_of_its_passages() -> None:
    assert said("Brewing green tea takes two minutes.", "tea#1") is None
    assert said("Roasted coffee is ground, green tea brewed.", "tea#1", "tea#2") is None
    why = said("Emperors always preferred porcelain and jasmine blossoms.", "tea#1")
    assert why is not None
    assert "of its words" in why


def test_a_reworded_sentence_invents_no_figures() -> None:
    why = said("Green tea is brewed at 95 degrees.", "tea#1")
    assert why == "its figures 95 are in none of the passages that it cites"
