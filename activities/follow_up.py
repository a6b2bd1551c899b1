"""The follow-up under its name and its policy.

| what | one turn | tries | why |
| --- | --- | --- | --- |
| graph `follow_up` | 5 min | 40, at most 30 s apart | mail servers go down now and then: that is 19 minutes of outage |
| activity `record_outcome` | set by the workflow | | |
| activity `poll_inbox` | set by the workflow | | only where a mailbox is named |
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from langgraph.graph import StateGraph

from activities.follow_up_inbox import Inbox
from activities.follow_up_outcomes import Outcomes
from activities.follow_up_post import SmtpReplyablePost
from activities.follow_up_settings import FollowUpSettings
from graphs import follow_up
from orchestrator import Orchestrator
from orchestrator.options import Options, Retry

AnyStateGraph = StateGraph[Any, Any, Any, Any]


def register(
    app: Orchestrator,
    settings: FollowUpSettings,
    *,
    prepare: Callable[[AnyStateGraph], Any] = lambda graph: graph,
) -> None:
    """Register the graph and the activities.

    Args:
        app: Gets them.
        settings: Where the mail goes out and comes in.
        prepare: What to do with the graph first, for example to compile it with callbacks.
    """
    post = SmtpReplyablePost(settings)
    patience = follow_up.Patience(day=settings.day, days=settings.patience_days, reminders=settings.reminders)
    options = Options(
        start_to_close_timeout=timedelta(minutes=5),
        heartbeat_timeout=settings.heartbeat_timeout,
        retry=Retry(maximum_interval=timedelta(seconds=30), maximum_attempts=40),
    )
    app.graph(prepare(follow_up.build(post, patience, settings.model)), name="follow_up", options=options)
    app.activity(Outcomes(settings.outcomes).record_outcome)
    if settings.imap_host is not None:
        app.activity(Inbox(settings).poll_inbox)
