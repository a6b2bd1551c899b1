"""Is the file complete? If not, the applicant is asked, and reminded, until it is or nobody answers any more.

    take_inventory ─▶ complete?  yes ─▶ END
                      no ─▶ request_documents ─▶ await_documents
    await_documents ─▶ something came ─▶ file_documents ─▶ complete?  yes ─▶ END, no ─▶ await_documents
                    ─▶ silence ─▶ remind ─▶ await_documents, or after the last reminder END: incomplete

Waits for the event `documents`, whose payload is `{"documents": [name, …]}`.
"""

from datetime import timedelta
from typing import Any, Literal

from langgraph.graph import START, StateGraph
from pydantic import Field

from graphs.application import DocumentCheck, LoanApplication
from graphs.documents import enclosed, missing
from graphs.post import Post
from orchestrator.waits import idempotency_key, wait_for

EVENT = "documents"


class State(DocumentCheck):
    """The file while it is checked."""

    application: LoanApplication
    received: list[str] = Field(default_factory=list)
    arrived: list[str] | None = None
    """What the last wait brought; None: nobody answered in time."""


def build(
    post: Post, *, answer_within: timedelta = timedelta(days=7), reminders: int = 2
) -> StateGraph[State, None, State, DocumentCheck]:
    """The graph; its input is `{"application": LoanApplication}`, its output a DocumentCheck.

    Args:
        post: Carries the request and the reminders.
        answer_within: How long the applicant has, after the request and after each reminder.
        reminders: How many are sent before the file is closed as incomplete.
    """
    applicant = Applicant(post, answer_within, reminders)
    graph = StateGraph(State, output_schema=DocumentCheck)
    graph.add_node(take_inventory)
    graph.add_node(applicant.request_documents)
    graph.add_node(applicant.await_documents)
    graph.add_node(file_documents)
    graph.add_node(applicant.remind)
    graph.add_edge(START, "take_inventory")
    graph.add_conditional_edges("take_inventory", after_inventory)
    graph.add_edge("request_documents", "await_documents")
    graph.add_conditional_edges("await_documents", applicant.after_waiting)
    graph.add_conditional_edges("file_documents", after_filing)
    graph.add_edge("remind", "await_documents")
    return graph


class Applicant:
    """The nodes that deal with the applicant."""

    def __init__(self, post: Post, answer_within: timedelta, reminders: int) -> None:
        self.post = post
        self.answer_within = answer_within
        self.reminders = reminders

    async def request_documents(self, state: State) -> dict[str, Any]:
        """Say what is missing."""
        await self._write(state, "Documents needed for your application")
        return {}

    async def await_documents(self, state: State) -> dict[str, Any]:  # noqa: ARG002 - LangGraph passes it
        """What the applicant hands in."""
        return {"arrived": named(wait_for(EVENT, timeout=self.answer_within))}

    async def remind(self, state: State) -> dict[str, Any]:
        """Say it again."""
        count = state.reminders + 1
        await self._write(state, f"Reminder {count}: documents needed for your application")
        return {"reminders": count}

    def after_waiting(self, state: State) -> Literal["file_documents", "remind", "__end__"]:
        """Nobody is reminded for ever."""
        if state.arrived is not None:
            return "file_documents"
        return "remind" if state.reminders < self.reminders else "__end__"

    async def _write(self, state: State, subject: str) -> None:
        wanted = "\n".join(f"- {name}" for name in state.missing)
        await self.post.send(
            key=idempotency_key("mail"),
            to=state.application.contact,
            subject=f"{subject} {state.application.application_id}",
            text=f"To go on with your mortgage application we still need:\n\n{wanted}\n",
        )


async def take_inventory(state: State) -> dict[str, Any]:
    """What came with the application, and what did not."""
    received = enclosed(state.application)
    lacking = missing(state.application, received)
    return {"received": received, "missing": lacking, "complete": not lacking}


async def file_documents(state: State) -> dict[str, Any]:
    """Put what arrived into the file; what nobody asked for is left out."""
    received = [*state.received, *(name for name in state.arrived or [] if name in state.missing)]
    lacking = missing(state.application, received)
    return {"received": received, "missing": lacking, "complete": not lacking}


def after_inventory(state: State) -> Literal["request_documents", "__end__"]:
    """Ask only when something is missing."""
    return "__end__" if state.complete else "request_documents"


def after_filing(state: State) -> Literal["await_documents", "__end__"]:
    """Wait on while something is missing."""
    return "__end__" if state.complete else "await_documents"


def named(payload: Any) -> list[str] | None:
    """The documents that an event names; None for the silence of a timeout.

    Anybody may send an event: one that names nothing brings nothing.
    """
    if payload is None:
        return None
    documents = payload.get("documents") if isinstance(payload, dict) else None
    return [name for name in documents if isinstance(name, str)] if isinstance(documents, list) else []
