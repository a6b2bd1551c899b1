import pytest

from graphs.research_dossier import MOST_QUESTIONS, Question, numbered
from graphs.research_plan import by_rules, subjects


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How do generators and coroutines work in Python?", ["generators", "coroutines"]),
        ("What is the difference between lists, tuples and dictionaries?", ["lists", "tuples", "dictionaries"]),
        ("How does the with statement work?", ["with statement"]),
        ("When is exception handling slow?", ["exception handling slow"]),
        ("Why is it so?", []),
    ],
)
def test_the_subjects_of_a_question_are_its_nouns(question: str, expected: list[str]) -> None:
    assert subjects(question) == expected


@pytest.mark.parametrize("question", ["What are lists, tuples, sets, dictionaries and strings?", "Why?", "¿?!"])
def test_a_plan_has_at_least_one_question_and_not_too_many(question: str) -> None:
    assert 1 <= len(by_rules(question)) <= MOST_QUESTIONS


def test_each_question_has_an_id_of_its_own_and_keeps_the_one_it_was_given() -> None:
    given = [
        Question(text="One?"),
        Question(id="q1", text="Two?"),
        Question(id="q1", text="Three?"),
        Question(text="Four?"),
    ]
    assert [question.id for question in numbered(given)] == ["q2", "q1", "q3", "q4"]
