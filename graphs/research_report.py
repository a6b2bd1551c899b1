"""From the dossier to a report in which each sentence cites what it rests on.

    check_budget ─▶ write ─▶ verify ─▶ all is well ─▶ publish ─▶ END
                                    ─▶ some sentences are not ─▶ check_budget, at most twice; then they are dropped

Without a chat model the report quotes. With one, the model writes, and whatever it wrote passes the same node.
"""

from typing import TYPE_CHECKING, Any, Literal

from langgraph.graph import END, START, StateGraph
from pydantic import Field

from graphs.research_budget import Cost
from graphs.research_checks import complaint
from graphs.research_dossier import Dossier, Frozen, Report, Sentence
from graphs.research_gate import Gate
from graphs.research_model import answered, cost_of
from graphs.research_writer import markdown, parsed, prompt, quoted, remarked

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SENT_BACK_AT_MOST = 2
QUOTATION = "quotation"


class Refusal(Frozen):
    """A sentence that the verification did not let pass."""

    sentence: Sentence
    why: str


class State(Dossier):
    """The report while it is written."""

    draft: list[Sentence] = Field(default_factory=list)
    """Written, not yet verified."""
    sentences: list[Sentence] = Field(default_factory=list)
    """Verified."""
    refused: list[Refusal] = Field(default_factory=list)
    dropped: list[str] = Field(default_factory=list)
    sent_back: int = 0
    written_by: str = ""
    markdown: str = ""
    passages_read: int = 0


def build(model: "BaseChatModel | None" = None) -> StateGraph[State, None, State, Report]:
    """The graph; its input is a Dossier, its output a Report.

    Args:
        model: Writes the sentences; None: they are quotations.
    """
    author = Author(model)
    gate = Gate(author.next_cost)
    graph = StateGraph(State, output_schema=Report)
    graph.add_node("check_budget", gate.check_budget, input_schema=State)
    graph.add_node(author.write)
    graph.add_node(verify)
    graph.add_node(publish)

    def after_check(state: State) -> Literal["check_budget", "write"]:
        return "write" if gate.is_open(state) else "check_budget"

    graph.add_edge(START, "check_budget")
    graph.add_conditional_edges("check_budget", after_check)
    graph.add_edge("write", "verify")
    graph.add_conditional_edges("verify", after_verifying)
    graph.add_edge("publish", END)
    return graph


class Author:
    """The node that writes."""

    def __init__(self, model: "BaseChatModel | None") -> None:
        self.model = model

    def next_cost(self, state: State) -> Cost | None:
        """Of the model's call, if there is to be one."""
        return cost_of(self._prompt(state)) if self.model is not None and state.claims else None

    async def write(self, state: State) -> dict[str, Any]:
        """The first draft, or once more what was refused. Without money for a model the report quotes."""
        if state.refused and state.stopped:
            return {"draft": [refusal.sentence for refusal in state.refused], "sent_back": SENT_BACK_AT_MOST}
        if self.model is None or state.stopped or not state.claims:
            return {"draft": quoted(state.claims), "written_by": QUOTATION}
        text, spent = await answered(self.model, self._prompt(state))
        return {"draft": parsed(text, [one.id for one in state.questions]), "written_by": "model", "spent": spent}

    @staticmethod
    def _prompt(state: State) -> str:
        return prompt(state, [(refusal.sentence, refusal.why) for refusal in state.refused])


async def verify(state: State) -> dict[str, Any]:
    """Which sentences of the draft say what their passages say; the others go back, or out."""
    word_for_word = state.written_by == QUOTATION
    passed, refused = list(state.sentences), []
    for sentence in state.draft:
        why = complaint(sentence, state.passages, word_for_word=word_for_word)
        if why is not None:
            refused.append(Refusal(sentence=sentence, why=why))
        elif sentence not in passed:
            passed.append(sentence)
    changes: dict[str, Any] = {"sentences": passed, "draft": []}
    if refused and not word_for_word and state.sent_back < SENT_BACK_AT_MOST:
        return changes | {"refused": refused, "sent_back": state.sent_back + 1}
    changes |= {"refused": [], "dropped": [f"{refusal.sentence} ({refusal.why})" for refusal in refused]}
    if not passed and not word_for_word:  # the model wrote nothing that can be used
        changes |= {"sentences": quoted(state.claims), "written_by": QUOTATION}
    return changes


def after_verifying(state: State) -> Literal["check_budget", "publish"]:
    """Once more while something is refused."""
    return "check_budget" if state.refused else "publish"


async def publish(state: State) -> dict[str, Any]:
    """The report with the remarks of the cross-check."""
    sentences = [remarked(sentence, state.claims) for sentence in state.sentences]
    return {
        "sentences": sentences,
        "markdown": markdown(state, sentences),
        "passages_read": len(state.passages),
    }
