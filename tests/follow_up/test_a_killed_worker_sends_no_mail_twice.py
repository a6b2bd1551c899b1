import asyncio
from pathlib import Path
from typing import Any

from demo.follow_up.site import Site
from demo.journal import Journal
from demo.mailroom import Mailroom
from demo.processes import Child
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.mail.replies import matched
from orchestrator.wire import Event
from tests.follow_up.mails import reply_to
from tests.follow_up.office import case

WORKER = ["orchestrator", "worker", "--app", "demo.follow_up.app:app"]


class Treacherous(Mailroom):
    """Takes the first mail, and kills the sender before it hears so."""

    worker: Child

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.killed = asyncio.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.journal.read()) == 1:
            try:
                await self.worker.kill()
            finally:  # the server cancels this when the line goes dead
                self.killed.set()
        return answer


async def test_a_mail_taken_by_the_server_and_not_known_to_be_is_the_same_mail_the_next_time(
    temporal: DevServer, tmp_path: Path
) -> None:
    mailroom = Treacherous(Journal(tmp_path / "mail.jsonl"))
    async with mailroom.open() as port:
        site = Site(tmp_path, serve_port=0, smtp_port=port)
        environment = site.environment(temporal.address) | {
            "FOLLOW_UP_HEARTBEAT_TIMEOUT": "PT1S",
            "FOLLOW_UP_DAY": "P1D",
        }
        client = OrchestratorClient(await temporal.client(), task_queue="follow-up", checkpoints=site.checkpoints)
        async with Child("worker", WORKER, environment, tmp_path) as mailroom.worker:
            of = case(campaign=tmp_path.name[-30:])
            await client.start_workflow("FollowUp", of.model_dump(mode="json"), id=of.workflow_id)
            mail = await mailroom.unread.get()
            await mailroom.killed.wait()
            await mailroom.worker.start()
            reply = matched(reply_to(mail, "Yes"), site.reply_secret)
            assert reply is not None
            event = Event(name=reply.event, payload=reply.payload, event_id=reply.event_id)
            assert (await client.event(reply.workflow_id, event)).status == "accepted"
            result = await client.result(of.workflow_id)
    assert (result["outcome"], len(result["conversation"])) == ("yes", 2)
    lines = mailroom.journal.read()
    assert [line["what"] for line in lines] == ["delivered", "dropped"]
    assert {line["message_id"] for line in lines} == {result["conversation"][0]["message_id"]}
