"""The way back of what was waited for: into a graph, or to the workflow's own code."""

from typing import Any

from orchestrator.calls import ResumeValue, Wait
from orchestrator.form import resume_value
from orchestrator.requests import question_of
from orchestrator.wire import Ref
from orchestrator.workflow.open_task import Settled


def resume(wait: Wait, came: Any) -> ResumeValue:
    """What a graph activity gets for one wait.

    Args:
        wait: What the graph waited for.
        came: What a human task came to, an event's payload (or a Ref to it), or None of a timer.
    """
    back = ResumeValue(
        interrupt_id=wait.interrupt_id,
        location=wait.location,
        breakpoint=wait.breakpoint,
        question=question_of(wait.request) if wait.request is not None else None,
    )
    if isinstance(came, Ref):
        return back.model_copy(update={"value_ref": came})
    if not isinstance(came, Settled):
        return back.model_copy(update={"value": came})
    asked = wait.source == "ask"
    if came.route is not None and not asked:
        return back.model_copy(update={"value": {"route": came.route}})
    if came.decision.values_ref is None:
        return back.model_copy(update={"value": answer_of(came) if asked else resume_value(came.decision, wait)})
    value = answer_of(came) if asked else None
    return back.model_copy(update={"value": value, "decision": came.decision, "wait": wait})


def answer_of(settled: Settled) -> dict[str, Any]:
    """The JSON of an `Answer`."""
    answer: dict[str, Any] = resume_value(settled.decision, None)
    if settled.route is not None:
        answer["route"] = settled.route
    if settled.decision.values_ref is not None:
        answer["values_ref"] = settled.decision.values_ref.model_dump(mode="json")
    if len(settled.decisions) > 1:
        answer["decisions"] = settled.decisions
    return answer
