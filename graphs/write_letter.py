"""The letter to the applicant: decision and reasons from a template, the opening, if wanted, from a chat model.

    choose_subject ─▶ word_opening ─▶ compose ─▶ END

The model is told the outcome and writes two sentences of politeness. Outcome, reasons and conditions are set below
them from the template, whatever it writes; an opening that is empty, rambles or speaks of the outcome is dropped.
"""

import re
from dataclasses import dataclass
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from graphs.application import Letter, LoanApplication, Verdict

OPENING = "Thank you for applying to us."
LONGEST_OPENING = 600
"""Characters."""
OF_THE_OUTCOME = re.compile(
    r"approv|deny|deni|declin|reject|refus|grant|accept|congratulat|unfortunate|regret", re.IGNORECASE
)
"""What an opening must not speak of: the template does, and the two might differ."""
OUTCOMES = {
    "approved": "We are pleased to tell you that your mortgage application was approved.",
    "denied": "We regret to tell you that your mortgage application was denied.",
    "incomplete": "We closed your mortgage application because documents that we asked for did not arrive.",
}
PROMPT = (
    "Write the opening of a letter from a mortgage lender: two plain, polite sentences, no salutation, no promise, no "
    "reason, no figure, no word about the outcome. The letter itself says it after them: "
)


@dataclass(frozen=True)
class Context:
    """LangGraph's context of a run."""

    chat_model: str | None = None
    """`provider:model` as `langchain.chat_models.init_chat_model` takes it; None: what the graph was built with."""


class State(Letter):
    """The letter while it is written."""

    application: LoanApplication
    verdict: Verdict
    opening: str = OPENING


def build(chat_model: str | None = None) -> StateGraph[State, Context, State, Letter]:
    """The graph; its input is `{"application", "verdict"}`, its output a Letter.

    Args:
        chat_model: Words the opening where the run's context names no other; None: nobody does.
    """
    graph = StateGraph(State, Context, output_schema=Letter)

    async def word_opening(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        named = (runtime.context.chat_model if runtime.context else None) or chat_model
        if named is None:
            return {}
        from langchain.chat_models import init_chat_model

        answer = await init_chat_model(named).ainvoke(PROMPT + OUTCOMES[state.verdict.outcome])
        return {"opening": answer.text.strip(), "worded_by": named}

    graph.add_node(choose_subject)
    graph.add_node(word_opening)
    graph.add_node(compose)
    graph.add_edge(START, "choose_subject")
    graph.add_edge("choose_subject", "word_opening")
    graph.add_edge("word_opening", "compose")
    graph.add_edge("compose", END)
    return graph


async def choose_subject(state: State) -> dict[str, Any]:
    """One line, by the outcome."""
    return {"subject": f"Your mortgage application {state.application.application_id}: {state.verdict.outcome}"}


async def compose(state: State) -> dict[str, Any]:
    """The whole text."""
    verdict, opening, worded_by = state.verdict, state.opening, state.worded_by
    if not 0 < len(opening) <= LONGEST_OPENING or OF_THE_OUTCOME.search(opening):
        opening, worded_by = OPENING, "template"
    parts = ["Dear applicant,", f"{opening}\n{OUTCOMES[verdict.outcome]}"]
    for heading, lines in (("Our reasons:", verdict.reasons), ("Conditions:", verdict.conditions)):
        if lines:
            parts.append("\n".join([heading, *(f"- {line}" for line in lines)]))
    return {"text": "\n\n".join([*parts, "Yours sincerely"]) + "\n", "worded_by": worded_by}
