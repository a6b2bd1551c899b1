"""What is researched, what was found out, and what was written about it.

Light: workflow code imports this module.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from graphs.research_budget import Budget, Spent, total
from graphs.research_library import Hit, Passage

MOST_QUESTIONS = 12
SHORTEST_QUESTION, LONGEST_QUESTION = 3, 500
"""Characters."""

Spending = Annotated[Spent, total]


class Frozen(BaseModel):
    """Base of what is written down once."""

    model_config = ConfigDict(frozen=True)


class ResearchRequest(Frozen):
    """Start input of `DeepResearch`."""

    question: str = Field(min_length=SHORTEST_QUESTION, max_length=LONGEST_QUESTION)
    approve_plan: bool = True
    """Whether a person looks at the plan first."""
    budget: Budget = Field(default_factory=Budget)


class Question(Frozen):
    """A part of the question that can be looked up."""

    id: str = Field(default="", pattern=r"^[\w.-]{0,20}$")
    """Given by the plan where it is empty."""
    text: str = Field(min_length=SHORTEST_QUESTION, max_length=LONGEST_QUESTION)
    query: str = Field(default="", max_length=LONGEST_QUESTION)
    """What to search for; empty: the text."""


class Plan(Frozen):
    """What a person approves, and may edit."""

    questions: list[Question] = Field(default_factory=list, min_length=1, max_length=MOST_QUESTIONS)


class PlannedResearch(Frozen):
    """Result of `plan_research`, and input of `research_questions`."""

    question: str
    questions: list[Question] = Field(default_factory=list)
    approved: bool = True
    planned_by: str = "rules"
    """`rules`, a chat model, or the person who edited the plan."""
    budget: Budget = Field(default_factory=Budget)
    spent: Spent = Field(default_factory=Spent)


class Conflict(Frozen):
    """A sentence with other figures about what seems to be the same."""

    passage_id: str
    quote: str


class Claim(Frozen):
    """A sentence that answers a question, word for word as it was read."""

    id: str
    question_id: str
    quote: str
    passage_id: str
    supported_by: list[str] = Field(default_factory=list)
    """Other passages that say much the same in other words; without one it has a single source."""
    conflicts: list[Conflict] = Field(default_factory=list)


def joined(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """Reducer of what parallel nodes found, by id: the same finding twice is one."""
    return {**left, **right}


class Dossier(Frozen):
    """Result of `research_questions`, and input of `write_report`. With many passages it travels by reference."""

    question: str
    questions: list[Question] = Field(default_factory=list)
    hits: Annotated[dict[str, list[Hit]], joined] = Field(default_factory=dict)
    """By question id, best first."""
    passages: Annotated[dict[str, Passage], joined] = Field(default_factory=dict)
    """By passage id: what was read."""
    claims: list[Claim] = Field(default_factory=list)
    budget: Budget = Field(default_factory=Budget)
    spent: Spending = Field(default_factory=Spent)
    stopped: str = ""
    """Why it ends with what there is: who did not raise the budget."""


class Sentence(Frozen):
    """A sentence of the report."""

    question_id: str
    text: str
    citations: list[str] = Field(default_factory=list)
    """Passage ids."""
    remarks: list[str] = Field(default_factory=list)
    """What the cross-check found about it."""

    def __str__(self) -> str:
        marks = "".join(f" [{cited}]" for cited in self.citations)
        return f"{self.text}{marks}" + "".join(f" *({remark})*" for remark in self.remarks)


class Report(Frozen):
    """Result of `write_report` and of `DeepResearch`."""

    question: str
    outcome: Literal["written", "plan rejected"] = "written"
    written_by: str = "quotation"
    """`quotation`: of the sentences read; else the chat model."""
    sentences: list[Sentence] = Field(default_factory=list)
    markdown: str = ""
    passages_read: int = 0
    sent_back: int = 0
    """How often the verification had sentences written again."""
    dropped: list[str] = Field(default_factory=list)
    """Sentences that never passed the verification, with the reason."""
    stopped: str = ""
    budget: Budget = Field(default_factory=Budget)
    spent: Spending = Field(default_factory=Spent)


def numbered(questions: list[Question]) -> list[Question]:
    """The questions with an id each: their own where it is one, else the first free of q1, q2, …"""
    taken: set[str] = set()
    named = {question.id for question in questions}
    result = []
    for question in questions:
        name = question.id
        if not name or name in taken:
            name = next(f"q{number}" for number in range(1, 1000) if f"q{number}" not in named | taken)
        taken.add(name)
        result.append(question.model_copy(update={"id": name, "query": question.query or question.text}))
    return result
