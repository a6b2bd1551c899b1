"""Inbound mail: a reply to a mail of ours becomes an event of the workflow that wrote it."""

import asyncio
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from orchestrator.client import OrchestratorClient
from orchestrator.mail import replies
from orchestrator.serve.body import check_media_type, read
from orchestrator.serve.events import HEADERS, REFUSED, SIGNED, deliver
from orchestrator.serve.signatures import Signatures
from orchestrator.wire import Receipt

ACCEPTED = 202


class Ignored(BaseModel):
    """The mail answers none of ours. Trying again would not help, so it is no error."""

    status: Literal["ignored"] = "ignored"


def mail(client: OrchestratorClient, signatures: Signatures, secret: str, limit: int) -> APIRouter:
    """The route of whoever takes in mail: an MTA's pipe, or a mail service."""
    router = APIRouter(tags=["mail"])
    responses: dict[int | str, dict[str, Any]] = {
        200: {"model": Ignored, "description": "The mail answers none of ours."},
        ACCEPTED: {"model": Receipt, "description": "The workflow has it."},
    }

    @router.post(
        "/mail",
        summary="Hand in a raw mail (RFC 5322)",
        response_model=Ignored,
        responses=responses | REFUSED,
        openapi_extra={
            "security": SIGNED,
            "parameters": HEADERS,
            "requestBody": {
                "required": True,
                "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
            },
        },
    )
    async def take(request: Request) -> Any:
        body = await read(request, limit)
        signatures.check(request.headers, body)
        check_media_type(request, "message/rfc822")
        reply = await asyncio.to_thread(replies.matched, body, secret)
        if reply is None:
            return Ignored()
        receipt = await deliver(client, reply.workflow_id, reply.event, reply.event_id, reply.payload)
        return Response(receipt.model_dump_json(), ACCEPTED, media_type="application/json")

    return router
