"""Each subgraph of mortgage underwriting under its name and its policy.

| graph | one turn | tries | why |
| --- | --- | --- | --- |
| check_documents | 5 min | the default | a mail or two, then it waits |
| assess_credit | 15 min | 40, at most 30 s apart | the bureau is down now and then: that is 19 minutes of outage |
| appraise_property | 15 min | 40, at most 30 s apart | the same |
| recommend | 1 min | 3 | arithmetic: a failure is a bug |
| write_letter | 5 min | the default | a chat model may be slow |
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from langgraph.graph import StateGraph

from activities.letters import Letters
from activities.outbox import Outbox
from activities.post import SmtpPost
from activities.settings import MortgageSettings
from graphs import appraise_property, assess_credit, check_documents, recommend, write_letter
from graphs.bureau import BureauClient
from orchestrator import Orchestrator
from orchestrator.options import Options, Retry

AnyStateGraph = StateGraph[Any, Any, Any, Any]

OUTSIDE = Retry(maximum_interval=timedelta(seconds=30), maximum_attempts=40)
"""For graphs that call the bureau."""


def register(
    app: Orchestrator,
    settings: MortgageSettings,
    *,
    prepare: Callable[[AnyStateGraph], Any] = lambda graph: graph,
) -> BureauClient:
    """Register the graphs and activities. Returns the client that they share, for whoever wants to close it.

    Args:
        app: Gets them.
        settings: Where the services are.
        prepare: What to do with each graph first, for example to compile it with callbacks.
    """
    bureau = BureauClient(settings.bureau_url)
    post = SmtpPost(settings.smtp_host, settings.smtp_port, settings.sender, Outbox(settings.outbox))

    def add(name: str, graph: AnyStateGraph, minutes: int, retry: Retry | None = None) -> None:
        options = Options(
            start_to_close_timeout=timedelta(minutes=minutes),
            heartbeat_timeout=settings.heartbeat_timeout,
            retry=retry,
        )
        app.graph(prepare(graph), name=name, options=options)

    documents = check_documents.build(post, answer_within=settings.documents_within, reminders=settings.reminders)
    add("check_documents", documents, minutes=5)
    add("assess_credit", assess_credit.build(bureau), minutes=15, retry=OUTSIDE)
    appraisal = appraise_property.build(bureau, report_within=settings.report_within)
    add("appraise_property", appraisal, minutes=15, retry=OUTSIDE)
    add("recommend", recommend.build(), minutes=1, retry=Retry(maximum_attempts=3))
    add("write_letter", write_letter.build(settings.chat_model), minutes=5)
    app.activity(Letters(post).send_letter)
    return bureau
