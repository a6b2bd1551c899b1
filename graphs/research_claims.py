"""Which sentences answer a question, and what the other passages say about them.

The cross-check is one of words, and no more is claimed for it. A passage supports a claim when one of its sentences has
most of the claim's words without being the same sentence: a copy is no second source. A passage contradicts it when a
sentence about almost the same words has other figures.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from graphs.research_dossier import Claim, Conflict, Question
from graphs.research_library import Passage
from graphs.research_terms import SPELT_NUMBERS, VAGUE, coverage, likeness, numbers, sentences, terms

ALIKE = 0.6
"""From this likeness on two claims are one, and figures that differ are a conflict."""
A_COPY = 0.95
SUPPORTS = 0.6
"""How many of a claim's words another sentence has to have."""
SHARED_AT_LEAST = 3
"""Words, beside that share."""
NAMED_AT_MOST = 3
"""Passages that support a claim, and that contradict it."""


@dataclass(frozen=True)
class Said:
    """A sentence of a passage, taken apart once."""

    passage_id: str
    title: str
    text: str

    @cached_property
    def terms(self) -> frozenset[str]:
        """Its words."""
        return terms(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its figures."""
        return numbers(self.text)

    @cached_property
    def matter(self) -> frozenset[str]:
        """Its words without figures."""
        return frozenset(term for term in self.terms if not term[0].isdigit() and term not in SPELT_NUMBERS)

    def contradicts(self, other: "Said") -> bool:
        """Whether it has other figures about what seems to be the same."""
        if not self.numbers or not other.numbers or self.numbers & other.numbers:
            return False
        return likeness(self.matter, other.matter) >= ALIKE

    def copies(self, other: "Said") -> bool:
        """Whether it is the same sentence."""
        return likeness(self.terms, other.terms) >= A_COPY and self.numbers == other.numbers

    def supports(self, other: "Said") -> bool:
        """Whether it has most of the other's words."""
        return coverage(other.terms, self.terms) >= SUPPORTS and len(other.terms & self.terms) >= SHARED_AT_LEAST


def claims_of(
    questions: Iterable[Question], found: Mapping[str, list[str]], passages: Mapping[str, Passage], *, per_question: int
) -> list[Claim]:
    """The best sentences for each question, no two of them alike, cross-checked.

    Args:
        questions: Of the plan.
        found: By question id: the passages that its search found, best first.
        passages: Those that were read.
        per_question: How many claims at most.
    """
    by_passage = {passage_id: said_in(passage) for passage_id, passage in passages.items()}
    everything = list(chain.from_iterable(by_passage.values()))
    weights = _weights(passages.values())
    taken: list[Said] = []
    claims = []
    for question in questions:
        about, helpful = terms(question.text), terms(question.query)
        scored = [
            (_score(said, about, helpful, weights) / (1 + rank / 10), said)
            for rank, passage_id in enumerate(found.get(question.id, []))
            for said in by_passage.get(passage_id, [])
            if about & (said.terms | terms(said.title))
        ]
        number = 0
        for score, said in sorted(scored, key=lambda one: -one[0]):
            if score <= 0 or number == per_question:
                break
            if all(likeness(said.terms, other.terms) < ALIKE for other in taken):
                number += 1
                taken.append(said)
                claims.append(_claim(f"{question.id}.{number}", question, said, everything))
    return claims


def said_in(passage: Passage) -> list[Said]:
    """The sentences of a passage."""
    return [Said(passage.passage_id, passage.title, sentence) for sentence in sentences(passage.text)]


def _claim(claim_id: str, question: Question, said: Said, everything: Iterable[Said]) -> Claim:
    """The sentence with what the other passages say."""
    support: dict[str, None] = {}
    conflicts = []
    for other in everything:
        if other.passage_id == said.passage_id or other.copies(said):
            continue
        if other.contradicts(said):
            conflicts.append(Conflict(passage_id=other.passage_id, quote=other.text))
        elif other.supports(said):
            support[other.passage_id] = None
    return Claim(
        id=claim_id,
        question_id=question.id,
        quote=said.text,
        passage_id=said.passage_id,
        supported_by=list(support)[:NAMED_AT_MOST],
        conflicts=conflicts[:NAMED_AT_MOST],
    )


def _weights(passages: Iterable[Passage]) -> dict[str, float]:
    """Of a term: the more, the fewer passages have it."""
    counted: Counter[str] = Counter()
    count = 0
    for passage in passages:
        counted.update(terms(passage.text))
        count += 1
    return {term: math.log(1 + count / times) for term, times in counted.items()}


def _score(said: Said, about: frozenset[str], helpful: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weight of its words that the question has too, or, for a third, its query; less for a long or vague one."""
    weight = sum(weights.get(term, 0.0) for term in said.terms & about)
    weight += sum(weights.get(term, 0.0) for term in (said.terms & helpful) - about) / 3
    return (0.5 if said.text.startswith(VAGUE) else 1.0) * weight / math.sqrt(len(said.terms) + 1)
