"""Whether a sentence of a report says what the passages that it cites say."""

from collections.abc import Mapping

from graphs.research_dossier import Sentence
from graphs.research_library import Passage
from graphs.research_terms import coverage, flat, numbers, terms

COVERED = 0.6
"""How many of a reworded sentence's words must stand in the passages that it cites."""


def complaint(sentence: Sentence, passages: Mapping[str, Passage], *, word_for_word: bool) -> str | None:
    """What is wrong with a sentence, or None.

    Args:
        sentence: Of a report.
        passages: All that were read.
        word_for_word: Whether it must stand in a passage as it is; else most of its words, and all its figures.
    """
    if not sentence.citations:
        return "it cites nothing"
    if unknown := [cited for cited in sentence.citations if cited not in passages]:
        return f"it cites {', '.join(unknown)}, which nobody has read"
    texts = [flat(passages[cited].text) for cited in sentence.citations]
    if word_for_word:
        return None if any(flat(sentence.text) in text for text in texts) else "it is no quotation"
    together = " ".join(texts)
    if invented := numbers(sentence.text) - numbers(together):
        return f"its figures {', '.join(sorted(invented))} are in none of the passages that it cites"
    share = coverage(terms(sentence.text), terms(together))
    if share < COVERED:
        return f"only {share:.0%} of its words are in the passages that it cites"
    return None
