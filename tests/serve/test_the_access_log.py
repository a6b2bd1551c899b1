from datetime import UTC, datetime

import structlog
from temporalio.client import Client

from tests.serve.office import door, headers, link, settings


async def test_has_a_line_for_each_request_and_no_token_in_it(client: Client) -> None:
    path = link("loan-1", "task-1", expires_at=datetime.now(UTC))
    with structlog.testing.capture_logs() as lines:
        async with door(client, settings()) as at:
            await at.http.get(path)
            await at.http.get(f"{path}/")
            await at.http.get(f"/elsewhere{path}?token={path}")
            await at.http.post("/workflows/no-such/events/paid", content=b"1", headers=headers(b"1"))
            await at.http.get("/healthz")
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["path"], line["status"]) for line in requests] == [
        ("/links/{token}", 410),
        ("/links/{token}", 404),
        ("(none)", 404),
        ("/workflows/{workflow_id}/events/{name}", 404),
    ]
    assert requests[-1]["workflow_id"] == "no-such"
    assert path.split(".")[1] not in str(lines)
