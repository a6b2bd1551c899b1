"""Which question an answer was given to: it travels with the answer, so that no other question takes it after the code
was changed. LangGraph itself counts: a node's second question takes the second answer that its task holds."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from langgraph.errors import GraphBubbleUp

ANSWERS, ANSWER = "orchestrator_answers", "answer"
"""Keys of what goes back into a graph that asked through one of our verbs: the question, and what came."""

RESUME = "__resume__"
"""LangGraph's channel of the answers that a task has taken."""

TAKEN: ContextVar[dict[str, int] | None] = ContextVar("TAKEN", default=None)
"""How many answers our verbs have taken in this attempt, by the namespace of the task that took them."""


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


def note_taken(namespace: str) -> None:
    """One of our verbs has taken an answer that says what it is for."""
    taken = TAKEN.get()
    if taken is not None:
        taken[namespace] = taken.get(namespace, 0) + 1


def taken_by_a_stranger(writes: Iterable[tuple[str, Any]], task_id: str) -> str | None:
    """The question of ours whose answer a plain `interrupt()` has taken, from what a task writes; None: none."""
    held: list[Any] = max((value for channel, value in writes if channel == RESUME), key=len, default=[])
    ours = [question for question, _ in map(unpack_answer, held) if question is not None]
    taken = sum(count for namespace, count in (TAKEN.get() or {}).items() if namespace.endswith(f":{task_id}"))
    return ours[taken] if len(ours) > taken else None
