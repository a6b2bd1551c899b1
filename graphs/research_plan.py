"""From a question to questions that can be looked up, and a person's approval.

    check_budget ─▶ draft_plan ─▶ approve_plan ─▶ END

Without a chat model the plan is made of the question's own nouns: what each is, how it is used, and what can go
wrong. The person may edit it; what they send is what is researched.
"""

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

from langgraph.graph import END, START, StateGraph
from pydantic import Field

from graphs.research_budget import Cost, Spent
from graphs.research_dossier import (
    LONGEST_QUESTION,
    MOST_QUESTIONS,
    SHORTEST_QUESTION,
    Plan,
    PlannedResearch,
    Question,
    ResearchRequest,
    Spending,
    numbered,
)
from graphs.research_gate import Gate
from graphs.research_model import answered, cost_of
from graphs.research_terms import STOP_WORDS
from orchestrator.waits import ask

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

RESEARCHERS = "group:researchers"
MOST_SUBJECTS = 3
VERBIAGE = """
a an as at be by compare describe differ difference differences do explain go i in is it language look looked looks me
mean means of on or python so tell to up we work working works
"""
EMPTY_WORDS = STOP_WORDS | frozenset(VERBIAGE.split())
"""Words of a question that are not what it asks about."""
KINDS = ("statement", "statements", "loop", "loops", "clause", "clauses", "keyword", "expression", "expressions")
"""Before these an empty word is none: the `with` statement."""
PROMPT = (
    "Split this question into at most {most} short questions that can each be looked up in reference documentation. "
    "One a line, nothing else.\n\nQuestion: {question}"
)


class State(PlannedResearch):
    """The plan while it is made."""

    question: str = ""
    request: ResearchRequest
    spent: Spending = Field(default_factory=Spent)
    stopped: str = ""


def build(model: "BaseChatModel | None" = None) -> StateGraph[State, None, State, PlannedResearch]:
    """The graph; its input is `{"request": ResearchRequest, "budget": Budget}`, its output a PlannedResearch.

    Args:
        model: Splits the question; None: rules do.
    """
    planner = Planner(model)
    gate = Gate(planner.next_cost)
    graph = StateGraph(State, output_schema=PlannedResearch)
    graph.add_node("check_budget", gate.check_budget, input_schema=State)
    graph.add_node(planner.draft_plan)
    graph.add_node(approve_plan)

    def after_check(state: State) -> Literal["check_budget", "draft_plan"]:
        return "draft_plan" if gate.is_open(state) else "check_budget"

    graph.add_edge(START, "check_budget")
    graph.add_conditional_edges("check_budget", after_check)
    graph.add_edge("draft_plan", "approve_plan")
    graph.add_edge("approve_plan", END)
    return graph


class Planner:
    """The node that makes the plan."""

    def __init__(self, model: "BaseChatModel | None") -> None:
        self.model = model

    def next_cost(self, state: State) -> Cost | None:
        """Of the model's call, if there is to be one."""
        return cost_of(self._prompt(state)) if self.model is not None else None

    async def draft_plan(self, state: State) -> dict[str, Any]:
        """The questions; the rules' where a model says nothing that can be used."""
        question = state.request.question
        drafted = {"question": question, "questions": by_rules(question), "planned_by": "rules"}
        if self.model is None or state.stopped:
            return drafted
        text, spent = await answered(self.model, self._prompt(state))
        lines = [re.sub(r"^\s*(?:[-*•]|\d+[.)])\s*", "", line).strip() for line in text.splitlines()]
        questions = [Question(text=line) for line in lines if SHORTEST_QUESTION <= len(line) <= LONGEST_QUESTION]
        if questions:
            drafted |= {"questions": numbered(questions[:MOST_QUESTIONS]), "planned_by": "model"}
        return drafted | {"spent": spent}

    @staticmethod
    def _prompt(state: State) -> str:
        return PROMPT.format(most=MOST_QUESTIONS // 2, question=state.request.question)


async def approve_plan(state: State) -> dict[str, Any]:
    """A person's word on it, if wanted. Approving with values is editing: those values are the plan."""
    if not state.request.approve_plan:
        return {}
    answer = ask(
        f"Research this? {state.question}",
        form=Plan,
        description="Approve the plan as it is, or send your own questions; an id or a query may be left out.",
        payload=Plan(questions=state.questions).model_dump(mode="json"),
        assignees=[RESEARCHERS],
    )
    if answer.action == "reject":
        return {"approved": False}
    if answer.values is None:
        return {}
    return {"questions": numbered(answer.values.questions), "planned_by": answer.by}


def by_rules(question: str) -> list[Question]:
    """A plan from the nouns of the question."""
    found = subjects(question)
    if not found:
        return numbered([Question(text=question)])
    questions = [Question(text=question, query=" ".join(found))]
    for subject in found:
        questions += [
            Question(text=f"What is meant by {subject}?", query=subject),
            Question(text=f"How does one use {subject}?", query=f"{subject} expression statement method"),
            Question(text=f"What goes wrong with {subject}?", query=f"{subject} raises exception error"),
        ]
    return numbered(questions[:MOST_QUESTIONS])


def subjects(question: str) -> list[str]:
    """What a question asks about: runs of words between empty ones, at most three."""
    runs: list[list[str]] = [[]]
    parts = re.findall(r"[\w.-]*\w|[,;:?]", question)
    for part, after in zip_longest(parts, parts[1:], fillvalue=""):
        empty = part.lower() in EMPTY_WORDS and after.lower() not in KINDS
        if empty or not re.match(r"\w", part):
            runs.append([])
        else:
            runs[-1].append(part)
    return list(dict.fromkeys(" ".join(run) for run in runs if run))[:MOST_SUBJECTS]
