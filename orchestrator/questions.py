"""Which question an answer was given to: it travels with the answer, so that no other question takes it after the code
was changed. LangGraph itself counts: a node's second question takes the second answer that its task holds."""

from typing import Any

from orchestrator.requests import AskRequest, EventRequest, SleepRequest

ANSWERS, ANSWER = "orchestrator_answers", "answer"
"""Keys of what goes back into a graph that asked through one of our verbs: the question, and what came."""


def question_of(request: AskRequest | SleepRequest | EventRequest) -> str:
    """What tells a question from the others of its node, as a person would write it down.

    Neither what it is about nor who is asked until when: that may be another one when the node runs again.
    """
    match request:
        case AskRequest(key=None):
            return f"ask({request.title!r})"
        case AskRequest():
            return f"ask(…, key={request.key!r})"
        case EventRequest():
            return f"wait_for({request.name!r})"
    return "sleep(…)"


def pack_answer(question: str | None, answer: Any) -> Any:
    """What goes back into the graph; a stranger's `interrupt()` gets the answer alone."""
    return answer if question is None else {ANSWERS: question, ANSWER: answer}


def unpack_answer(value: Any) -> tuple[str | None, Any]:
    """The question that a value answers, if it says so, and the answer."""
    if isinstance(value, dict) and value.keys() == {ANSWERS, ANSWER}:
        return value[ANSWERS], value[ANSWER]
    return None, value
