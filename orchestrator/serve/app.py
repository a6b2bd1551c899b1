"""The application: one door for each secret that is set."""

import importlib.metadata
from typing import Any

from fastapi import FastAPI

from orchestrator.client import OrchestratorClient
from orchestrator.errors import ConfigurationError
from orchestrator.identity.links import checked_secret
from orchestrator.serve import problems
from orchestrator.serve.access_log import AccessLog
from orchestrator.serve.events import events
from orchestrator.serve.health import health
from orchestrator.serve.links import links
from orchestrator.serve.mail import mail
from orchestrator.serve.problems import ProblemDetail
from orchestrator.serve.signatures import SIGNATURE_HEADER, Signatures
from orchestrator.settings import Settings

DESCRIPTION = (
    "What comes in from outside, for the workflows inside: signed links, webhooks (Standard Webhooks) and mail. "
    "It keeps no state. How often somebody may ask is for the proxy in front of it to say."
)


def doors(settings: Settings) -> list[str]:
    """What the settings open: a door without its secret does not exist.

    Raises:
        ConfigurationError: None at all. *Not retryable.*
    """
    found = []
    if settings.link_secret:
        found.append("links")
    if settings.inbound_secret:
        found.append("webhooks")
    if settings.inbound_secret and settings.reply_secret:
        found.append("mail")
    if not found:
        raise ConfigurationError(
            "There is nothing to serve: set ORCHESTRATOR_LINK_SECRET for signed links, ORCHESTRATOR_INBOUND_SECRET for "
            "webhooks, and ORCHESTRATOR_REPLY_SECRET as well for mail."
        )
    return found


def create_app(client: OrchestratorClient, settings: Settings) -> FastAPI:
    """The ASGI application.

    Raises:
        ConfigurationError: No secret is set, or one is too short. *Not retryable.*
    """
    opened = doors(settings)
    app = FastAPI(
        title="orchestrator serve",
        version=importlib.metadata.version("hybrid-orchestrator"),
        description=DESCRIPTION,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(AccessLog)
    problems.register(app)
    app.include_router(health(client))
    limit = settings.max_body_bytes
    if "links" in opened and settings.link_secret:
        secret = checked_secret(settings.link_secret.get_secret_value(), "ORCHESTRATOR_LINK_SECRET")
        app.include_router(links(client, secret, limit))
    if settings.inbound_secret:
        signatures = Signatures(settings.inbound_secret.get_secret_value())
        app.include_router(events(client, signatures, limit))
        if settings.reply_secret:
            app.include_router(mail(client, signatures, settings.reply_secret.get_secret_value(), limit))
    _complete(app)
    return app


def _complete(app: FastAPI) -> None:
    """Add to the OpenAPI document what no route says: the shape of problems, and the signature."""
    document: dict[str, Any] = app.openapi()
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["ProblemDetail"] = ProblemDetail.model_json_schema()
    components["securitySchemes"] = {
        "WebhookSignature": {
            "type": "apiKey",
            "in": "header",
            "name": SIGNATURE_HEADER,
            "description": "Standard Webhooks: `v1,` and base64 of the HMAC-SHA256 of `{id}.{timestamp}.{body}`.",
        }
    }
    for path in document["paths"].values():
        for operation in path.values():
            # FastAPI documents its own validation, which nothing here uses: each path parameter is any text.
            responses = operation["responses"]
            if "HTTPValidationError" in str(responses.get("422")):
                del responses["422"]
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
