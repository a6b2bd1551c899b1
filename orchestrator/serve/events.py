"""Inbound webhooks: each becomes an event of one workflow, once."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError

from orchestrator.client import OrchestratorClient
from orchestrator.large import is_large
from orchestrator.serve.body import check_media_type, read, strict_json
from orchestrator.serve.problems import Problem, documented, telling
from orchestrator.serve.signatures import ID_HEADER, SIGNATURE_HEADER, TIME_HEADER, Signatures
from orchestrator.wire import Event, Receipt

MOST_CHARACTERS = 1000
"""Of a workflow's id: Temporal's own limit."""

SIGNED: list[dict[str, Any]] = [{"WebhookSignature": []}]

HEADERS: list[dict[str, Any]] = [
    {
        "name": ID_HEADER,
        "in": "header",
        "required": True,
        "description": "The same each time that the sender tries. It counts once.",
        "schema": {"type": "string", "pattern": "^[!-\\-/-~]{1,200}$"},
    },
    {
        "name": TIME_HEADER,
        "in": "header",
        "required": True,
        "description": "Seconds since 1970; at most five minutes away.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
    },
]

REFUSED = documented(
    s400="The body is no JSON, or ended early.",
    s401=f"The signature ({ID_HEADER}, {TIME_HEADER}, {SIGNATURE_HEADER}) is missing, forged or old.",
    s404="There is no such workflow.",
    s409="The workflow has ended, or does not take the event.",
    s413="The body is too large.",
    s415="The body is of another kind.",
    s503="No worker, no Temporal or no database answers; the same delivery may be sent again.",
)


def events(client: OrchestratorClient, signatures: Signatures, limit: int) -> APIRouter:
    """The route of webhooks."""
    router = APIRouter(tags=["webhooks"])

    @router.post(
        "/workflows/{workflow_id:path}/events/{name}",
        summary="Tell a workflow of something that happened",
        responses=REFUSED,
        openapi_extra={
            "security": SIGNED,
            "parameters": HEADERS,
            "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
        },
    )
    async def event(workflow_id: str, name: str, request: Request) -> Receipt:
        if not (workflow_id.isprintable() and 0 < len(workflow_id) <= MOST_CHARACTERS and _is_event(name)):
            raise Problem(HTTPStatus.NOT_FOUND, "No workflow and no event have a name like that.")
        body = await read(request, limit)
        event_id = signatures.check(request.headers, body)
        check_media_type(request, "application/json", "+json")
        try:
            payload = strict_json(body)
        except ValueError as error:
            raise Problem(HTTPStatus.BAD_REQUEST, f"The body is no JSON: {error}.") from error
        return await deliver(client, workflow_id, name, event_id, payload)

    return router


def _is_event(name: str) -> bool:
    """Whether an event may be called so."""
    try:
        return Event(name=name).name.isprintable()
    except ValidationError:
        return False


async def deliver(client: OrchestratorClient, workflow_id: str, name: str, event_id: str, payload: Any) -> Receipt:
    """Hand an event to its workflow; what is over 256 KiB by reference.

    Raises:
        Problem: 404, 409 or 503.
    """
    async with telling(client, workflow_id):
        if is_large(payload):
            await client.describe(workflow_id)  # nothing is kept for a workflow that does not exist
        return await client.event(workflow_id, Event(name=name, payload=payload, event_id=event_id))
