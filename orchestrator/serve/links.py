"""Signed links: a page that shows what is to be decided, and a button that decides it. Looking never decides."""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.client import OrchestratorClient
from orchestrator.errors import Refused
from orchestrator.identity.links import Link, LinkExpired, read
from orchestrator.rpc import NotFound
from orchestrator.serve import body, fields, pages
from orchestrator.serve.problems import AWAY, PROBLEM, Problem
from orchestrator.wire import Decision, Receipt, Task

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 500
COMMENT_CHARACTERS = 2000

HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}


class Closed(Exception):
    """The link leads to nothing that could be decided any more; the page says why."""

    def __init__(self, status: HTTPStatus, title: str, text: str) -> None:
        super().__init__(title)
        self.page = pages.outcome(status, title, text)


USED = (HTTPStatus.CONFLICT, "This link was used already", "Your answer counts; nothing more is to be done.")
LATE = (HTTPStatus.GONE, "This is settled already", "Somebody else has answered, or no answer is needed any more.")
TOO_LATE = (HTTPStatus.GONE, "The time for an answer is over", "It went on without one.")
EXPIRED = (HTTPStatus.GONE, "This link has expired", "If your answer is still wanted, ask for another link.")
UNKNOWN = (HTTPStatus.NOT_FOUND, "This link is not valid", "Was it cut off? Open it from the message as a whole.")
AWAY_NOW = (
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Please try again in a moment",
    "Your answer could not be taken just now. Sending it again is safe: it counts once.",
)


def links(client: OrchestratorClient, secret: str, limit: int) -> APIRouter:
    """The routes of signed links."""
    router = APIRouter(tags=["links"], default_response_class=HTMLResponse)
    door = Door(client, secret)

    @router.get("/links/{token:path}", summary="What is to be decided", responses=_documented(*SHOWN))
    async def show(token: str) -> HTMLResponse:
        try:
            return await door.show(token)
        except Closed as closed:
            return closed.page

    @router.post(
        "/links/{token:path}",
        summary="Decide it",
        responses=_documented(*SHOWN, 400, 413, 415, 422),
        openapi_extra={"requestBody": {"required": False, "content": {FORM: {"schema": FORM_SCHEMA}}}},
    )
    async def decide(token: str, request: Request) -> HTMLResponse:
        try:
            return await door.decide(token, await _typed(request, limit))
        except Closed as closed:
            return closed.page

    return router


class Door:
    """What links do."""

    def __init__(self, client: OrchestratorClient, secret: str) -> None:
        self.client = client
        self.secret = secret

    async def show(self, token: str) -> HTMLResponse:
        """The confirmation page.

        Raises:
            Closed: There is nothing to be decided.
        """
        link = self._read(token)
        task = await self._task(link)
        return pages.confirmation(task, link.action, link.subject, fields.fields(task, link.action))

    async def decide(self, token: str, typed: dict[str, str]) -> HTMLResponse:
        """Send the decision; the form again, if it does not fit.

        Raises:
            Closed: It was not taken, or could not be sent.
        """
        link = self._read(token)
        task = await self._task(link)
        asked = fields.filled(fields.fields(task, link.action), typed)
        comment = typed.get("comment", "").strip().replace("\r\n", "\n")
        given = fields.values(asked)
        try:
            asked = fields.checked(task, asked, given)
        except Refused as error:
            raise Closed(HTTPStatus.CONFLICT, "Your answer was not taken", str(error)) from error
        wrong = f"The comment is over {COMMENT_CHARACTERS} characters." if len(comment) > COMMENT_CHARACTERS else ""
        if wrong or any(field.error for field in asked):
            return pages.confirmation(task, link.action, link.subject, asked, comment=comment, error=wrong)
        return _thanks(await self._submit(link, token, given, comment))

    def _read(self, token: str) -> Link:
        try:
            return read(token, self.secret)
        except LinkExpired as error:
            raise Closed(*EXPIRED) from error
        except Refused as error:
            raise Closed(*UNKNOWN) from error

    async def _task(self, link: Link) -> Task:
        """The link's task, open and not yet answered by this person."""
        try:
            task = next((one for one in await self.client.tasks(link.workflow_id) if one.task_id == link.task_id), None)
        except (NotFound, Refused) as error:
            raise Closed(*LATE) from error
        except AWAY as error:
            raise Closed(*AWAY_NOW) from error
        if task is None:
            raise await self._closed(link)
        if any(one.get("by") == link.subject for one in task.decisions):
            raise Closed(*USED)
        return task

    async def _closed(self, link: Link) -> Closed:
        """Why the task is not open: the audit trail is kept when it is closed, and when the workflow has ended."""
        try:
            trail = [entry for entry in await self.client.audit(link.workflow_id) if entry.task_id == link.task_id]
        except (NotFound, Refused):
            return Closed(*LATE)
        except AWAY:
            return Closed(*AWAY_NOW)
        if any(entry.what == "decided" and entry.by == link.subject for entry in trail):
            return Closed(*USED)
        return Closed(*(TOO_LATE if any(entry.what == "expired" for entry in trail) else LATE))

    async def _submit(self, link: Link, token: str, given: Any, comment: str) -> Receipt:
        try:
            decision = Decision(
                task_id=link.task_id,
                action=link.action,
                values=given,
                by=link.subject,
                comment=comment or None,
                decision_id=link.link_id,
                token=token,
            )
            return await self.client.decide(link.workflow_id, decision)
        except NotFound as error:
            raise await self._closed(link) from error
        except Refused as error:
            await self._task(link)  # the usual reason: it was settled in the meantime
            raise Closed(HTTPStatus.CONFLICT, "Your answer was not taken", str(error)) from error
        except AWAY as error:
            raise Closed(*AWAY_NOW) from error


def _thanks(receipt: Receipt) -> HTMLResponse:
    match receipt.status:
        case "accepted":
            return pages.outcome(HTTPStatus.OK, "Thank you", "Your answer was taken.")
        case "pending_quorum":
            text = f"Your answer was taken. It takes {receipt.remaining} more to settle it."
            return pages.outcome(HTTPStatus.OK, "Thank you", text)
        case "duplicate":
            return pages.outcome(*USED)


async def _typed(request: Request, limit: int) -> dict[str, str]:
    try:
        content = await body.read(request, limit)
        if content:
            body.check_media_type(request, FORM)
        pairs = parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except Problem as error:
        raise Closed(error.status, "Your answer was not taken", error.detail) from error
    except ValueError as error:
        raise Closed(HTTPStatus.BAD_REQUEST, "Your answer was not taken", "It could not be read.") from error
    return {name: value.replace("\x00", "") for name, value in pairs}


SHOWN = (200, 404, 409, 410, 503)

WHY = {
    200: "A page.",
    400: "The body could not be read.",
    404: "It is no link of ours.",
    409: "The link was used, or the answer is not allowed.",
    410: "The link has expired, or the task is settled.",
    413: "The body is too large.",
    415: "The body is no HTML form.",
    422: "The form again, with what does not fit.",
    503: "No worker answers; the same may be sent again.",
}

FORM_SCHEMA = {
    "type": "object",
    "properties": {"comment": {"type": "string", "maxLength": COMMENT_CHARACTERS}},
    "additionalProperties": {"type": "string"},
}


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    documented: dict[int | str, dict[str, Any]] = {
        status: {"description": WHY[status], "content": HTML} for status in statuses
    }
    documented[404]["content"] = HTML | PROBLEM  # of a path with a line feed in it the router knows nothing
    return documented
