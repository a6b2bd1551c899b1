"""Which question an answer was given to: it travels with the answer, so that no other question takes it after the code
was changed. LangGraph itself counts: a node's second question takes the second answer that its task holds."""

from typing import Any

from langgraph.errors import GraphBubbleUp

ANSWERS, ANSWER = "orchestrator_answers", "answer"
"""Keys of what goes back into a graph that asked through one of our verbs: the question, and what came."""


class QuestionChanged(GraphBubbleUp):
    """A question would take the answer to another one, because the node's code was changed while its task held answers,
    or is not the same each time that it runs. No handler or retry of the node's sees it, and nothing is written."""


def pack_answer(question: str | None, answer: Any) -> Any:
    """What goes back into the graph; a stranger's `interrupt()` gets the answer alone."""
    return answer if question is None else {ANSWERS: question, ANSWER: answer}


def unpack_answer(value: Any) -> tuple[str | None, Any]:
    """The question that a value answers, if it says so, and the answer."""
    if isinstance(value, dict) and value.keys() == {ANSWERS, ANSWER}:
        return value[ANSWERS], value[ANSWER]
    return None, value
