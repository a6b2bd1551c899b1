"""Write to a customer, wait days for the reply, remind, understand it, and go on or hand over to a person.

    compose ─▶ send ─▶ await_reply ─▶ silence ─▶ remind ─▶ send, or after the last reminder hand_over
                                   ─▶ a mail ─▶ understand ─▶ a machine wrote it ─▶ await_reply
                                                           ─▶ ask again on a day ─▶ await_reply, until that day
                                                           ─▶ a question, unclear, a stranger ─▶ hand_over
                                                           ─▶ yes, no, unsubscribe ─▶ END
    hand_over ─▶ what the person wrote ─▶ send ─▶ await_reply, or END where the person closed the matter

Waits for the event `reply` (`orchestrator.mail.replies`). What comes while a person is being asked is read after that.
"""

import operator
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Annotated, Any, Literal

from langgraph.graph import START, StateGraph
from pydantic import BaseModel, Field

from graphs import follow_up_texts as texts
from graphs.follow_up_case import (
    LONGEST_TEXT,
    Draft,
    FollowUpCase,
    FollowUpResult,
    Handling,
    Incoming,
    Meaning,
    Message,
    Outcome,
)
from graphs.follow_up_model import understood, worded
from graphs.follow_up_post import ReplyablePost
from orchestrator.waits import ask, idempotency_key, wait_for

EVENT = "reply"
MOST_AUTOMATIC = 5
"""After so many automatic mails a person looks: two machines might write to each other for ever."""
ENDS: dict[str, Outcome] = {"yes": "yes", "no": "no", "unsubscribe": "unsubscribed"}

Next = Literal["await_reply", "remind", "understand", "hand_over", "send", "__end__"]
Node = Callable[["State"], Awaitable[dict[str, Any]]]


class Patience(BaseModel):
    """How long the follow-up waits, and for whom."""

    day: timedelta = timedelta(days=1)
    """How long a day is; a demonstration has short ones."""
    days: float = 3
    """For the first reply; twice as many after each reminder."""
    reminders: int = 2
    assignees: list[str] = Field(default_factory=lambda: ["group:sales"])
    escalate_to: list[str] = Field(default_factory=lambda: ["group:sales-leads"])
    decide_within_days: float = 2


class State(FollowUpResult):
    """A follow-up while it runs."""

    case: FollowUpCase
    workflow_id: str
    """To whom the replies come."""
    conversation: Annotated[list[Message], operator.add] = Field(default_factory=list)
    draft: Draft | None = None
    arrived: Incoming | None = None
    silent: bool = False
    meaning: Meaning | None = None
    days_asked_for: float | None = None
    """The customer named the day on which to ask again."""


def build(
    post: ReplyablePost, patience: Patience | None = None, chat_model: str | None = None
) -> StateGraph[State, None, State, FollowUpResult]:
    """The graph; its input is `{"case": FollowUpCase, "workflow_id"}`, its output a FollowUpResult.

    Args:
        post: Carries the mails.
        patience: How long it waits.
        chat_model: Words the first mail and reads replies; None: templates and rules do.
    """
    follow_up = FollowUp(post, patience or Patience(), chat_model)
    graph = StateGraph(State, output_schema=FollowUpResult)
    for node in (
        follow_up.compose,
        follow_up.send,
        follow_up.await_reply,
        follow_up.understand,
        follow_up.remind,
        follow_up.hand_over,
    ):
        graph.add_node(node)
    graph.add_edge(START, "compose")
    graph.add_edge("compose", "send")
    graph.add_conditional_edges("send", after_sending)
    graph.add_conditional_edges("await_reply", follow_up.after_waiting)
    graph.add_conditional_edges("understand", after_reading)
    graph.add_edge("remind", "send")
    graph.add_conditional_edges("hand_over", after_handing_over)
    return graph


class FollowUp:
    """The nodes."""

    def __init__(self, post: ReplyablePost, patience: Patience, chat_model: str | None) -> None:
        self.post = post
        self.patience = patience
        self.chat_model = chat_model

    async def compose(self, state: State) -> dict[str, Any]:
        """The first mail."""
        return {"draft": await worded(state.case, self.chat_model)}

    async def send(self, state: State) -> dict[str, Any]:
        """The draft goes out, once, whatever happens to the worker."""
        draft = state.draft
        assert draft is not None
        message_id = await self.post.send(
            key=idempotency_key("mail"),
            workflow_id=state.workflow_id,
            event=EVENT,
            to=state.case.email,
            subject=draft.subject,
            text=draft.text,
            thread=[mail.message_id for mail in state.conversation if mail.message_id],
        )
        sent = Message(**draft.model_dump(), sender=self.post.sender, message_id=message_id)
        return {"draft": None, "conversation": [sent]}

    async def await_reply(self, state: State) -> dict[str, Any]:
        """Days, for which nothing runs."""
        days = state.days_asked_for or self.patience.days * 2**state.reminders
        payload = wait_for(EVENT, timeout=self.patience.day * days)
        return {"arrived": Incoming.of(payload), "silent": payload is None}

    def after_waiting(self, state: State) -> Next:
        """Nobody is reminded for ever; but who asked for a mail on a day gets it."""
        if not state.silent:
            return "understand" if state.arrived is not None else "await_reply"
        again = state.days_asked_for is not None or state.reminders < self.patience.reminders
        return "remind" if again else "hand_over"

    async def remind(self, state: State) -> dict[str, Any]:
        """Ask again."""
        if state.days_asked_for is not None:
            return {"draft": texts.reminder(state.case, 0), "days_asked_for": None}
        count = state.reminders + 1
        return {"draft": texts.reminder(state.case, count), "reminders": count}

    async def understand(self, state: State) -> dict[str, Any]:
        """What the mail says; a stranger's word counts for nothing but a person's attention."""
        mail = state.arrived
        assert mail is not None
        today = datetime.now(UTC).date()
        meaning = await understood(mail, today, self.chat_model)
        machine = meaning.kind == "automatic"
        if not machine and parseaddr(mail.sender)[1].lower() != state.case.email.lower():
            meaning = Meaning(kind="unclear", why=f"It comes from {mail.sender}, not from {state.case.email}.")
        received = Message(
            kind="automatic" if machine else "reply",
            sender=mail.sender,
            subject=mail.subject,
            text=mail.text[:LONGEST_TEXT],
            message_id=mail.message_id,
            date=mail.date,
        )
        changes: dict[str, Any] = {"conversation": [received], "arrived": None, "meaning": meaning}
        if machine:
            return changes | {"automatic": state.automatic + 1}
        days = (meaning.day - today).days if meaning.day else None
        return changes | {"days_asked_for": days, "outcome": ENDS.get(meaning.kind)}

    async def hand_over(self, state: State) -> dict[str, Any]:
        """A person reads the whole conversation, and writes or closes."""
        patience, case = self.patience, state.case
        why = "No reply came." if state.silent else self._why(state)
        answer = ask(
            f"{case.name} ({case.offer}): {why}",
            form=Handling,
            payload={
                "why": why,
                "case": case.model_dump(mode="json"),
                "conversation": [mail.model_dump(mode="json") for mail in state.conversation],
            },
            assignees=patience.assignees,
            due=patience.day * patience.decide_within_days,
            remind_every=patience.day,
            escalate_to=patience.escalate_to,
        )
        handling = answer.values
        if answer.action == "reject" or handling is None:
            handling = Handling(close="closed")
        return {
            "handed_over": state.handed_over + 1,
            "days_asked_for": None,
            "draft": texts.answer(case, handling.text) if handling.text.strip() else None,
            "outcome": handling.close,
            "decided_by": answer.by if handling.close else state.decided_by,
        }

    @staticmethod
    def _why(state: State) -> str:
        meaning = state.meaning
        if meaning is None or meaning.kind == "automatic":
            return "Only machines answer."
        return "A question." if meaning.kind == "question" else meaning.why or "It is unclear what the reply means."


def after_sending(state: State) -> Next:
    """A person's last word needs no reply."""
    return "__end__" if state.outcome else "await_reply"


def after_reading(state: State) -> Next:
    """Go on, wait on, or hand over."""
    assert state.meaning is not None
    if state.outcome:
        return "__end__"
    if state.meaning.kind == "automatic":
        return "await_reply" if state.automatic % MOST_AUTOMATIC else "hand_over"
    return "await_reply" if state.meaning.kind == "later" else "hand_over"


def after_handing_over(state: State) -> Next:
    """Send what the person wrote, if anything."""
    return "send" if state.draft else "__end__"
