"""The pages that people see: plain HTML, no scripts, nothing from elsewhere."""

import base64
import hashlib
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestrator.serve.fields import Field
from orchestrator.serve.problems import RETRY_AFTER_SECONDS
from orchestrator.wire import Task

FOLDER = Path(__file__).parent / "pages"
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""The address is the secret: it goes into no cache, no referrer and no index, and nothing else is loaded."""

MOST_LINES, MOST_CHARACTERS = 20, 500

BUTTONS = {"approve": "Approve", "reject": "Reject", "edit": "Send the changes", "respond": "Send the answer"}

_templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def confirmation(
    task: Task, action: str, subject: str, asked: list[Field], *, comment: str = "", error: str = ""
) -> HTMLResponse:
    """What is about to be decided, and the one button that does it.

    Args:
        task: What it is about.
        action: What the button does.
        subject: Who decides.
        asked: The form's fields, with what was typed into them and what is wrong with it.
        comment: What was typed there.
        error: What is wrong altogether.
    """
    wrong = bool(error) or any(field.error for field in asked)
    return _page(
        "confirmation.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        title=task.title,
        task=task,
        about=_summary(task.payload),
        button=BUTTONS[action],
        action=action,
        subject=subject,
        fields=asked,
        comment=comment,
        error=error or ("Some answers do not fit yet." if wrong else ""),
    )


def outcome(status: HTTPStatus, title: str, text: str) -> HTMLResponse:
    """What became of it."""
    return _page("outcome.html", status, title=title, text=text)


def _page(template: str, status: HTTPStatus, **shown: Any) -> HTMLResponse:
    headers = dict(HEADERS)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return HTMLResponse(_templates.get_template(template).render(style=STYLE, **shown), status, headers)


def _summary(payload: Any) -> list[tuple[str, str]]:
    """What the question is about, a line each, cut where it is long."""
    if payload is None:
        return []
    lines = payload.items() if isinstance(payload, dict) else [("", payload)]
    shown = [(str(name), _cut(value)) for name, value in list(lines)[:MOST_LINES]]
    return shown + ([("…", f"and {len(lines) - MOST_LINES} more")] if len(lines) > MOST_LINES else [])


def _cut(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
