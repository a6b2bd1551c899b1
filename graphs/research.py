"""Search for each question, read what was found, each passage once, and weigh what the passages say.

    check_budget ─▶ search ∥ search ∥ … ─▶ check_budget ─▶ read ∥ read ∥ … ─▶ check_budget ─▶ read … ─▶ weigh ─▶ END

One `Send` per question and one per passage: a node that had finished when its worker was killed is not run again. The
node that had not is, and its notebook knows whether it had read. Passages are read in waves, with the budget checked
before each.
"""

from dataclasses import dataclass, field
from itertools import chain, zip_longest
from time import time
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.types import Send
from pydantic import BaseModel

from graphs.research_budget import Cost, Spent
from graphs.research_claims import claims_of
from graphs.research_dossier import Dossier, Question
from graphs.research_gate import Gate
from graphs.research_library import Notebook, tokens_of
from orchestrator.waits import idempotency_key


@dataclass(frozen=True)
class Scope:
    """How much is read."""

    passages_per_question: int = 6
    claims_per_question: int = 3
    at_once: int = 8
    """Passages read side by side."""


class State(Dossier):
    """The dossier while it grows."""


class Search(BaseModel):
    """What one `search` node is told."""

    search_for: Question


class Read(BaseModel):
    """What one `read` node is told."""

    read_passage: str


@dataclass(frozen=True)
class Step:
    """What is to be done next, side by side."""

    sends: list[Send] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)


def build(notebook: Notebook, scope: Scope | None = None) -> StateGraph[State, None, State, Dossier]:
    """The graph; its input is a PlannedResearch, its output a Dossier.

    Args:
        notebook: Where it searches and reads.
        scope: How much.
    """
    reader = Reader(notebook, scope or Scope())
    gate = Gate(reader.next_cost)
    graph = StateGraph(State, output_schema=Dossier)
    graph.add_node("check_budget", gate.check_budget, input_schema=State)
    graph.add_node("search", reader.search, input_schema=Search)
    graph.add_node("read", reader.read, input_schema=Read)
    graph.add_node(reader.weigh)

    def after_check(state: State) -> list[Send] | str:
        if not gate.is_open(state):
            return "check_budget"
        return (not state.stopped and reader.next_step(state).sends) or "weigh"

    graph.add_edge(START, "check_budget")
    graph.add_conditional_edges("check_budget", after_check, ["check_budget", "search", "read", "weigh"])
    graph.add_edge("search", "check_budget")
    graph.add_edge("read", "check_budget")
    graph.add_edge("weigh", END)
    return graph


class Reader:
    """The nodes that search, read and weigh."""

    def __init__(self, notebook: Notebook, scope: Scope) -> None:
        self.notebook = notebook
        self.scope = scope

    def next_step(self, state: State) -> Step:
        """The searches that are missing, or else the next passages to read."""
        if missing := [question for question in state.questions if question.id not in state.hits]:
            sends = [Send("search", Search(search_for=question)) for question in missing]
            return Step(sends, Cost(calls=len(sends)))
        sizes = {hit.passage_id: hit.tokens for hits in state.hits.values() for hit in hits}
        wave = [one for one in self.reading_list(state) if one not in state.passages][: self.scope.at_once]
        cost = Cost(tokens=sum(sizes[one] for one in wave), calls=len(wave))
        return Step([Send("read", Read(read_passage=one)) for one in wave], cost)

    def next_cost(self, state: State) -> Cost | None:
        """Of the next step; None: there is none."""
        step = self.next_step(state)
        return step.cost if step.sends else None

    @staticmethod
    def reading_list(state: State) -> list[str]:
        """All that was found, each passage once: the best hit of each question first, then the second best, …"""
        by_question = [[hit.passage_id for hit in state.hits[question.id]] for question in state.questions]
        ranked = chain.from_iterable(zip_longest(*by_question))
        return list(dict.fromkeys(passage_id for passage_id in ranked if passage_id is not None))

    async def search(self, state: Search) -> dict[str, Any]:
        """The best hits for one question."""
        begin, question = time(), state.search_for
        limit = self.scope.passages_per_question
        hits = await self.notebook.search(question.query, limit=limit, key=idempotency_key("search"))
        return {"hits": {question.id: hits}, "spent": Spent.since(begin)}

    async def read(self, state: Read) -> dict[str, Any]:
        """One passage."""
        begin = time()
        passage = await self.notebook.read(state.read_passage, key=idempotency_key("read"))
        spent = Spent.since(begin, tokens=tokens_of(len(passage.text)))
        return {"passages": {state.read_passage: passage}, "spent": spent}

    def weigh(self, state: State) -> dict[str, Any]:
        """What the passages say to each question, and to each other. Much arithmetic, so it has a thread."""
        found = {question: [hit.passage_id for hit in hits] for question, hits in state.hits.items()}
        passages = dict(sorted(state.passages.items()))
        return {
            "claims": claims_of(state.questions, found, passages, per_question=self.scope.claims_per_question),
        }
