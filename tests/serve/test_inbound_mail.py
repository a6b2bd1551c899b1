from email.message import EmailMessage
from pathlib import Path

from temporalio.client import Client

from orchestrator.mail.replies import message_id
from orchestrator.waits import wait_for
from tests.serve.office import REPLY_SECRET, door, headers, office, settings
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import output


def waiting(_state: Log) -> Log:
    mail = wait_for("reply")
    return {"log": [mail["from"], mail["subject"], mail["text"]]}


def reply(workflow_id: str, secret: str = REPLY_SECRET) -> bytes:
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail["Subject"] = "Re: Ihre Anfrage"
    mail["Message-ID"] = "<1@example.org>"
    mail["In-Reply-To"] = message_id(workflow_id, "reply", secret=secret, domain="example.org", key="first")
    mail.set_content("Yes, please.\n")
    return mail.as_bytes()


def signed(body: bytes) -> dict[str, str]:
    return {**headers(body), "content-type": "message/rfc822"}


async def test_that_answers_one_of_ours_reaches_its_workflow_once(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, wait=chain(waiting)) as at:
        handle = await at.graph("wait", EMPTY)
        body = reply(handle.id)
        taken = await at.http.post("/mail", content=body, headers=signed(body))
        assert (taken.status_code, taken.json()["status"]) == (202, "accepted")
        assert await output(handle) == {"log": ["ann@example.org", "Re: Ihre Anfrage", "Yes, please."]}


async def test_that_comes_twice_is_one_event(client: Client, tmp_path: Path) -> None:
    def twice(_state: Log) -> Log:
        return {"log": [wait_for("reply")["from"], wait_for("reply")["from"]]}

    async with office(client, tmp_path, wait=chain(twice)) as at:
        handle = await at.graph("wait", EMPTY)
        body = reply(handle.id)
        statuses = [(await at.http.post("/mail", content=body, headers=signed(body))).json()["status"] for _ in "12"]
        assert statuses == ["accepted", "duplicate"]


async def test_that_answers_none_of_ours_is_ignored(client: Client) -> None:
    async with door(client, settings()) as at:
        for body in (reply("loan-1", secret="somebody else's"), b"", b"no mail at all", b"\n\n"):
            ignored = await at.http.post("/mail", content=body, headers=signed(body))
            assert (ignored.status_code, ignored.json()) == (200, {"status": "ignored"})


async def test_need_not_be_text(client: Client) -> None:
    import base64
    import time

    from standardwebhooks.webhooks import hmac_data  # the reference library signs text alone

    from tests.serve.office import INBOUND_SECRET

    body = b"Subject: \xff\xfe\x00\r\n\r\n\x80\x81"
    sent = str(int(time.time()))
    key = base64.b64decode(INBOUND_SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac_data(key, b"msg_1." + sent.encode() + b"." + body)).decode()
    given = {"webhook-id": "msg_1", "webhook-timestamp": sent, "webhook-signature": f"v1,{signature}"}
    async with door(client, settings()) as at:
        taken = await at.http.post("/mail", content=body, headers={**given, "content-type": "message/rfc822"})
        assert (taken.status_code, taken.json()["status"]) == (200, "ignored")


async def test_that_is_not_signed_is_refused(client: Client) -> None:
    body = reply("loan-1")
    async with door(client, settings()) as at:
        sent = {"content-type": "message/rfc822"}
        assert (await at.http.post("/mail", content=body, headers=sent)).status_code == 401
        assert (await at.http.post("/mail", content=body, headers=sent, auth=("ann", "secret"))).status_code == 401


async def test_has_no_door_without_a_secret_for_replies(client: Client) -> None:
    async with door(client, settings(reply_secret=None)) as at:
        assert (await at.http.post("/mail")).status_code == 404
