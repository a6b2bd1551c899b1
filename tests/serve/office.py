"""A worker on a real Temporal, and the HTTP door before it."""

import base64
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from standardwebhooks.webhooks import Webhook
from temporalio.client import Client

from orchestrator import Orchestrator
from orchestrator.client import OrchestratorClient
from orchestrator.identity.links import signed_link
from orchestrator.serve.app import create_app
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.local import Handle

LINK_SECRET = "a secret for links, of at least thirty-two bytes"
INBOUND_SECRET = "whsec_" + base64.b64encode(b"a secret for webhooks, of at least 24 bytes").decode()
REPLY_SECRET = "a secret for replies"
BASE = "http://door.example.org"


def settings(checkpoints: str = "memory://", **changed: Any) -> Settings:
    """With every secret set."""
    given = {
        "checkpoints": checkpoints,
        "search_attributes": False,
        "drain_seconds": 1,
        "link_secret": LINK_SECRET,
        "inbound_secret": INBOUND_SECRET,
        "reply_secret": REPLY_SECRET,
    }
    return Settings.model_validate({**given, **changed})


def link(workflow_id: str, task_id: str, **changed: Any) -> str:
    """The path of a link to a task."""
    fields: dict[str, Any] = {
        "secret": LINK_SECRET,
        "action": "approve",
        "subject": "ann",
        "expires_at": datetime.now(UTC) + timedelta(hours=1),
    }
    made = signed_link(base_url=BASE, workflow_id=workflow_id, task_id=task_id, **{**fields, **changed})
    return made.removeprefix(BASE)


def headers(body: bytes, event_id: str = "msg_1", *, at: datetime | None = None, secret: str = "") -> dict[str, str]:
    """What a sender with the reference library sends along."""
    sent = at or datetime.now(UTC)
    signature = Webhook(secret or INBOUND_SECRET).sign(event_id, sent, body.decode())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": signature,
        "content-type": "application/json",
    }


@dataclass(frozen=True)
class Office:
    """Both sides of the door."""

    temporal: Client
    queue: str
    http: httpx.AsyncClient
    settings: Settings

    async def graph(self, name: str, value: Any = None) -> Handle:
        """A started GraphRun."""
        return await self.temporal.start_workflow(
            "GraphRun", {"graph": name, "input": value}, id=f"run-{uuid4().hex[:12]}", task_queue=self.queue
        )


@contextlib.asynccontextmanager
async def door(temporal: Client, configured: Settings, queue: str = "nobody") -> AsyncIterator[Office]:
    """The door alone, without a worker."""
    ours = OrchestratorClient(temporal, checkpoints=configured.checkpoints)
    transport = httpx.ASGITransport(app=create_app(ours, configured))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        yield Office(temporal, queue, http, configured)


@contextlib.asynccontextmanager
async def office(temporal: Client, folder: Path, **graphs: Any) -> AsyncIterator[Office]:
    """The door, and a worker of graphs."""
    queue = f"office-{uuid4().hex[:12]}"
    app = Orchestrator(queue)
    for name, graph in graphs.items():
        app.graph(graph, name=name)
    configured = settings(f"sqlite:///{folder / 'checkpoints.db'}")
    async with worker(app, temporal, configured), door(temporal, configured, queue) as opened:
        yield opened


def said(page: httpx.Response) -> str:
    """A page's text, without its tags and its style."""
    body = re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
