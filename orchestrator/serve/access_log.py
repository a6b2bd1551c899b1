"""A line for each request, with the path's template in place of the path: a link's token would stand in the log."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("orchestrator.serve.access")

QUIET = frozenset({"/healthz", "/readyz"})
"""Asked every few seconds by whoever watches over the process."""


class AccessLog:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            path = getattr(scope.get("route"), "path_format", "(none)")
            if path not in QUIET:
                took = round((time.perf_counter() - began) * 1000, 1)
                ids = scope.get("path_params", {})
                log.info(
                    "request",
                    method=scope["method"],
                    path=path,
                    status=status,
                    milliseconds=took,
                    **{name: ids[name] for name in ("workflow_id", "name") if name in ids},
                )
