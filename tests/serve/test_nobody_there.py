"""What the door says when a worker, or Temporal itself, is away."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import dev_server
from orchestrator.serve.app import create_app
from tests.serve.office import BASE, door, headers, link, settings
from tests.support.graphs import EMPTY


async def test_without_a_worker_nothing_is_lost_and_one_may_try_again(client: Client) -> None:
    quick = timedelta(milliseconds=300)
    ours = OrchestratorClient(client, checkpoints="memory://", query_timeout=quick, update_timeout=quick)
    transport = httpx.ASGITransport(app=create_app(ours, settings()))
    handle = await client.start_workflow(
        "GraphRun", {"graph": "any", "input": EMPTY}, id=f"alone-{uuid4()}", task_queue=f"nobody-{uuid4()}"
    )
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        event = await http.post(f"/workflows/{handle.id}/events/paid", content=b"1", headers=headers(b"1"))
        pages = [await http.get(link(handle.id, "any-1")), await http.post(link(handle.id, "any-1"))]
        ready = await http.get("/readyz")
    for away in (event, *pages):
        assert (away.status_code, int(away.headers["retry-after"]) > 0) == (503, True)
    assert "orchestrator worker" in event.json()["detail"]
    assert "Sending it again is safe" in pages[1].text
    assert ready.status_code == 200  # the door can do nothing about that
    await handle.terminate()


async def test_without_temporal_the_process_lives_and_is_not_ready() -> None:
    async with dev_server(headless=True) as server:
        temporal = await server.client()
        missing = await server.client("no-such-namespace")
        async with door(missing, settings()) as at:
            refused = await at.http.get("/readyz")
            assert (refused.status_code, "no-such-namespace" in refused.json()["detail"]) == (503, True)
        async with door(temporal, settings()) as at:
            assert (await at.http.get("/readyz")).json() == {"status": "ok"}
            server.process.kill()
            await server.process.wait()
            assert (await at.http.get("/readyz")).status_code == 503
            assert (await at.http.get("/healthz")).json() == {"status": "ok"}


EVENTS = "/workflows/a/events"
PATHS = ["/", "/docs", "/workflows", "/workflows//events/x", f"{EVENTS}/%00", f"{EVENTS}/%20", f"{EVENTS}/{'e' * 256}"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
async def test_what_is_not_served_is_a_problem_too(client: Client, path: str) -> None:
    async with door(client, settings()) as at:
        found = await at.http.post(path, content=b"1", headers=headers(b"1"))
        assert (found.status_code, found.headers["content-type"]) == (404, "application/problem+json")
        assert set(found.json()) == {"type", "title", "status", "detail"}
