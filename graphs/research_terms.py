"""Words and sentences of plain English text, as far as quoting and comparing need it."""

import re

SHORTEST_SENTENCE, LONGEST_SENTENCE = 40, 420
SHORTEST_WORD = 3

WORDLIST = """
about above after again all also although always among and another any are because been before being below
between both but can could did does doing down during each either else even ever every fails few for from
further given goes had has have having her here him his how however into its itself just let like made make many
may meant might more most much must neither next nor not now off once one only onto other otherwise our out over
own per rather same see shall she should since some such than that the their them then there therefore these
they this those through thus too under unless until upon use used uses using very was way well were what when
where whether which while who whose why will with within without would wrong you your
"""
STOP_WORDS = frozenset(WORDLIST.split())
VAGUE = (
    "This ",
    "That ",
    "These ",
    "Those ",
    "It ",
    "They ",
    "Here ",
    "Such ",
    "See ",
    "Note ",
    "For full ",
    "For ex",
    "Please ",
    "Additional ",
    "Can ",
)
"""First words of sentences that do not stand alone."""
VERSION_NOTES = ("Changed in version", "Added in version", "New in version", "Deprecated since")

SENTENCE_END = re.compile(r'(?<!e\.g\.)(?<!i\.e\.)(?<!cf\.)(?<=[.!?])\s+(?=[A-Z"“(*\'`])')
NUMBER = re.compile(r"(?<![\w.])(?<!PEP )(?<!version )(?<!Python )\d+(?:\.\d+)?(?![\w])")
SPELT_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBER_WORDS = {word: str(number) for number, word in enumerate(SPELT_NUMBERS, start=2)}
CODE = (">>>", "::=", "...  ", "|---", "**PEP ")
SUFFIXES = ("ations", "ation", "ities", "ments", "ment", "ings", "ing", "ies", "ed", "es", "s", "ly", "e")


def flat(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The whole sentences of a passage, as they stand there; no headings, code or fragments."""
    found = []
    for part in SENTENCE_END.split(flat(text)):
        sentence = re.sub(r"^(?:[*•-]|\d+\.)\s+", "", part)
        whole = sentence[:1].isupper() or sentence[:1] in "\"“'`*("
        if whole and sentence.endswith((".", "!", "?")) and SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE:
            found.append(sentence)
    return [one for one in found if not any(mark in one for mark in CODE) and not one.startswith(VERSION_NOTES)]


def words(text: str) -> list[str]:
    """The words that carry meaning, in order, in lower case."""
    found = re.findall(r"[A-Za-z_][\w]*|\d+(?:\.\d+)?", text)
    return [word.lower() for word in found if len(word) >= SHORTEST_WORD and word.lower() not in STOP_WORDS]


def stem(word: str) -> str:
    """The word without its ending; crude, and the same for `generator` and `generators`."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) > SHORTEST_WORD:
            return word[: -len(suffix)]
    return word


def terms(text: str) -> frozenset[str]:
    """The stems of its words."""
    return frozenset(stem(word) for word in words(text))


def numbers(text: str) -> frozenset[str]:
    """The figures in it, `two` to `ten` included; not those of versions and PEPs."""
    spelt = (NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in NUMBER_WORDS)
    return frozenset([*NUMBER.findall(text), *spelt])


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: 0 nothing in common, 1 the same."""
    return len(one & other) / len(one | other) if one | other else 0.0


def coverage(part: frozenset[str], whole: frozenset[str]) -> float:
    """How much of `part` is in `whole`, 0 to 1."""
    return len(part & whole) / len(part) if part else 0.0
