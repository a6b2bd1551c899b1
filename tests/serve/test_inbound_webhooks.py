import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from orchestrator.waits import wait_for
from tests.serve.office import INBOUND_SECRET, door, headers, office, settings
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import output


def waiting(_state: Log) -> Log:
    first, second = wait_for("paid"), wait_for("paid")
    return {"log": [first, second]}


GRAPHS = {"wait": chain(waiting)}
BODY = b'{"amount": 12}'


async def test_reach_their_workflow(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("wait", EMPTY)
        path = f"/workflows/{handle.id}/events/paid"
        done = await at.http.post(path, content=BODY, headers=headers(BODY, "msg_1"))
        assert (done.status_code, done.json()["status"], done.json()["event_id"]) == (200, "accepted", "msg_1")
        other = json.dumps({"amount": "ä"}).encode()
        assert (await at.http.post(path, content=other, headers=headers(other, "msg_2"))).status_code == 200
        assert await output(handle) == {"log": [{"amount": 12}, {"amount": "ä"}]}


async def test_that_are_sent_again_are_one_event(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("wait", EMPTY)
        path = f"/workflows/{handle.id}/events/paid"
        sent = headers(BODY, "msg_1")
        statuses = [(await at.http.post(path, content=BODY, headers=sent)).json()["status"] for _ in range(3)]
        assert statuses == ["accepted", "duplicate", "duplicate"]
        await at.http.post(path, content=b"2", headers=headers(b"2", "msg_2"))
        assert await output(handle) == {"log": [{"amount": 12}, 2]}


async def test_of_a_workflow_with_a_slash_in_its_id_find_it(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        workflow_id = f"loans/{tmp_path.name}/1"
        await client.start_workflow("GraphRun", {"graph": "wait", "input": EMPTY}, id=workflow_id, task_queue=at.queue)
        quoted = workflow_id.replace("/", "%2F")
        done = await at.http.post(f"/workflows/{quoted}/events/paid", content=BODY, headers=headers(BODY))
        assert done.status_code == 200


async def test_that_are_large_travel_by_reference(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("wait", EMPTY)
        path = f"/workflows/{handle.id}/events/paid"
        large = json.dumps("x" * 300_000).encode()
        assert (await at.http.post(path, content=large, headers=headers(large, "msg_1"))).status_code == 200
        await at.http.post(path, content=b"2", headers=headers(b"2", "msg_2"))
        history = await handle.fetch_history()
        assert max(event.ByteSize() for event in history.events) < 100_000
        result = await handle.result()
        assert result["output_ref"]["size_bytes"] > 300_000


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in headers(BODY).items() if key != name}


OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret, of at least 24 bytes too").decode()

MISSING, FORGED, OLD = "are needed", "does not fit", "away from the time here"
NO_TIME = "is no number of seconds"

UNSIGNED: list[tuple[Callable[[], dict[str, Any]], str]] = [
    (lambda: without("webhook-id"), MISSING),
    (lambda: without("webhook-timestamp"), MISSING),
    (lambda: without("webhook-signature"), FORGED),
    (lambda: headers(b'{"amount": 13}'), FORGED),
    (lambda: {**headers(BODY), "webhook-id": "msg_2"}, FORGED),
    (lambda: headers(BODY, secret=OTHER_SECRET), FORGED),
    (lambda: headers(BODY, at=datetime.now(UTC) - timedelta(minutes=6)), OLD),
    (lambda: headers(BODY, at=datetime.now(UTC) + timedelta(minutes=6)), OLD),
    (lambda: {**headers(BODY), "webhook-signature": "v1"}, FORGED),
    (lambda: {**headers(BODY), "webhook-signature": "v1,"}, FORGED),
    (lambda: {**headers(BODY), "webhook-signature": "v1a,AAAA"}, FORGED),
    (lambda: {**headers(BODY), "webhook-signature": b"v1,\xff\xfe"}, FORGED),
    (lambda: {**headers(BODY), "webhook-timestamp": "now"}, NO_TIME),
    (lambda: {**headers(BODY), "webhook-timestamp": "1e9"}, NO_TIME),
    (lambda: headers(BODY, "msg.1"), "is no id"),
]


@pytest.mark.parametrize(("sent", "reason"), UNSIGNED)
async def test_that_are_not_signed_are_refused(client: Client, sent: Callable[[], dict[str, Any]], reason: str) -> None:
    async with door(client, settings()) as at:
        refused = await at.http.post("/workflows/any/events/paid", content=BODY, headers=sent())
        assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
        assert reason in refused.json()["detail"]


async def test_may_be_signed_with_either_secret_while_one_is_replaced(client: Client) -> None:
    async with door(client, settings(inbound_secret=f"{OTHER_SECRET}, {INBOUND_SECRET}")) as at:
        for secret in (OTHER_SECRET, INBOUND_SECRET):
            sent = headers(BODY, secret=secret)
            found = await at.http.post("/workflows/no-such-workflow/events/paid", content=BODY, headers=sent)
            assert found.status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"1e999", b'"\\ud800"', b"[" * 1000])
async def test_that_are_no_json_are_refused(client: Client, body: bytes) -> None:
    async with door(client, settings()) as at:
        refused = await at.http.post("/workflows/any/events/paid", content=body, headers=headers(body))
        assert (refused.status_code, "no JSON" in refused.json()["detail"]) == (400, True)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_of_another_kind_are_refused(client: Client, kind: str) -> None:
    async with door(client, settings()) as at:
        sent = {**headers(BODY), "content-type": kind}
        assert (await at.http.post("/workflows/any/events/paid", content=BODY, headers=sent)).status_code == 415


async def test_for_a_workflow_that_has_ended_are_refused(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("wait", EMPTY)
        await handle.terminate()
        refused = await at.http.post(f"/workflows/{handle.id}/events/paid", content=BODY, headers=headers(BODY))
        assert (refused.status_code, "has ended" in refused.json()["detail"]) == (409, True)
