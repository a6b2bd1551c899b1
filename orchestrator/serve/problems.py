"""Errors as `application/problem+json` (RFC 9457): what happened, with which value, what to do."""

import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from orchestrator.client import OrchestratorClient
from orchestrator.connect import Unreachable
from orchestrator.errors import Refused, StoreUnavailable
from orchestrator.rpc import NotFound, NoWorker

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetail"}}}
"""For OpenAPI."""
RETRY_AFTER_SECONDS = 5
AWAY = (NoWorker, Unreachable, StoreUnavailable)
"""What is there again in a moment: a worker, Temporal, the checkpointer's database."""


class ProblemDetail(BaseModel):
    """An error's body."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Problem(Exception):
    """An answer that is not the wanted one."""

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers

    def response(self) -> Response:
        """The answer."""
        body = ProblemDetail(title=self.status.phrase, status=self.status, detail=self.detail)
        return Response(body.model_dump_json(), self.status, self.headers, MEDIA_TYPE)


def away(error: Exception) -> Problem:
    """Something that is needed does not answer just now."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"Retry-After": str(RETRY_AFTER_SECONDS)})


@contextlib.asynccontextmanager
async def telling(client: OrchestratorClient, workflow_id: str) -> AsyncIterator[None]:
    """Raise Problem for what our client raises about a workflow."""
    try:
        try:
            yield
        except NotFound as error:
            await client.describe(workflow_id)  # it is there, and has ended
            raise Problem(HTTPStatus.CONFLICT, str(error)) from error
    except NotFound as error:  # whoever sends this has none of our commands
        raise Problem(HTTPStatus.NOT_FOUND, f"There is no workflow {workflow_id!r} here.") from error
    except Refused as error:
        raise Problem(HTTPStatus.CONFLICT, str(error)) from error
    except AWAY as error:
        raise away(error) from error


def documented(**extra: str) -> dict[int | str, dict[str, Any]]:
    """The problems of an operation, for OpenAPI: `s404="Why"`."""
    responses: dict[int | str, dict[str, Any]] = {}
    for key, why in extra.items():
        responses[int(key.removeprefix("s"))] = {"description": why, "content": PROBLEM}
    if 503 in responses:  # noqa: PLR2004 - it is the status of that name
        responses[503]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}}
    return responses


def register(app: FastAPI) -> None:
    """Have every error of the application come out as a problem."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        return Problem(status, f"{status.description or status.phrase}.", dict(error.headers or {})).response()

    @app.exception_handler(ClientDisconnect)
    async def _gone(_request: Request, _error: ClientDisconnect) -> Response:
        return Problem(HTTPStatus.BAD_REQUEST, "The request ended before its body did.").response()

    @app.exception_handler(Exception)
    async def _bug(_request: Request, error: Exception) -> Response:
        log.error("a request failed", exc_info=error)
        return Problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "A bug of ours; the log of `orchestrator serve` has it."
        ).response()
