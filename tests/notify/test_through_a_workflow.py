"""On a real server: the activity retried by Temporal, and what the workflow is told of the channels."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from orchestrator import Orchestrator, names
from orchestrator.calls import Policy
from orchestrator.notify import Email, Webhook
from orchestrator.waits import ask
from tests.notify.notices import notice
from tests.notify.servers import MailServer, Receiver
from tests.notify.test_webhooks import SECRET
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_tasks, serving


@workflow.defn
class Tells:
    """Sends the notice that it is given."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = await workflow.execute_activity(
            names.NOTIFY,
            given,
            start_to_close_timeout=timedelta(minutes=2),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=50), maximum_attempts=5),
        )
        return told


@workflow.defn
class Resolves:
    """What the worker says of its channels."""

    @workflow.run
    async def run(self) -> Policy:
        policy: Policy = await workflow.execute_local_activity(
            names.RESOLVE, args=["", None], result_type=Policy, start_to_close_timeout=timedelta(seconds=10)
        )
        return policy


def application(*channels: Any) -> Orchestrator:
    app = Orchestrator(f"tests-{uuid4()}")
    app.workflow(Tells)
    app.workflow(Resolves)
    for channel in channels:
        app.notify(channel)
    return app


async def test_a_webhook_whose_receiver_fails_at_first_gets_there_once() -> None:
    async with Receiver((500, {}), (200, {})).open() as receiver:
        app = application(Webhook(receiver.url, secret=SECRET))
        async with serving(app) as local:
            told = await (await local.start("Tells", notice("webhook").model_dump(mode="json"))).result()
    assert told == {"sent": 1, "skipped": 0, "refused": []}
    assert len(receiver.got) == 2
    assert len({posted.headers["webhook-id"] for posted in receiver.got}) == 1


async def test_a_webhook_that_is_gone_is_not_tried_again() -> None:
    async with Receiver((410, {})).open() as receiver:
        async with serving(application(Webhook(receiver.url, secret=SECRET))) as local:
            handle = await local.start("Tells", notice("webhook").model_dump(mode="json"))
            with pytest.raises(WorkflowFailureError) as caught:
                await handle.result()
        assert len(receiver.got) == 1
    failed = caught.value.cause
    assert isinstance(failed, ActivityError)
    assert isinstance(failed.cause, ApplicationError)
    assert failed.cause.type == "AddressRefused"


async def test_a_mail_reaches_each_recipient_once_though_the_server_puts_one_off(mail_server: MailServer) -> None:
    people = [f"person{number}@x.org" for number in range(4)]
    mail_server.answers[people[0]] = "451 come back later"
    app = application(Email(mail_server.url, sender="loans@x.org"))
    async with serving(app) as local:
        handle = await local.start("Tells", notice(to=people).model_dump(mode="json"))
        await mail_server.turned_away.get()
        mail_server.answers.clear()
        await handle.result()
    assert mail_server.to() == people


async def test_the_workflow_is_told_of_the_channels_and_of_what_they_send() -> None:
    app = application(Webhook("https://x.org", secret=SECRET, events=["decided"]))
    async with serving(app) as local:
        policy = await (await local.start("Resolves")).result()
    assert policy["channels"] == [{"name": "webhook", "events": ["decided"]}]


async def test_a_graph_s_question_comes_by_mail(mail_server: MailServer) -> None:
    def asks(_state: Log) -> Log:
        return {"log": [ask("Approve this loan?", assignees=["ann@x.org"]).by]}

    app = application(Email(mail_server.url, sender="loans@x.org"))
    app.graph(chain(asks), name="review")
    async with serving(app) as local:
        handle = await local.graph("review", EMPTY)
        await open_tasks(handle)
        await mail_server.arrived.get()
        await decide(handle)
        await handle.result()
    (mail,) = mail_server.taken
    assert mail.content["Subject"] == "To decide: Approve this loan?"
