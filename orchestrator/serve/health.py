"""Whether the process lives, and whether it can do anything."""

from datetime import timedelta
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from orchestrator.client import OrchestratorClient
from orchestrator.errors import OrchestratorError
from orchestrator.rpc import translated
from orchestrator.serve.problems import away, documented

TIMEOUT = timedelta(seconds=3)


class Health(BaseModel):
    """It is well."""

    status: Literal["ok"] = "ok"


def health(client: OrchestratorClient) -> APIRouter:
    """The routes of whoever watches over the process."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process lives")
    async def healthz() -> Health:
        return Health()

    @router.get(
        "/readyz",
        summary="Temporal answers, and has the namespace",
        responses=documented(s503="Temporal does not answer, or has no such namespace."),
    )
    async def readyz() -> Health:
        request = DescribeNamespaceRequest(namespace=client.temporal.namespace)
        try:
            with translated(f"Namespace {client.temporal.namespace!r}"):
                await client.temporal.workflow_service.describe_namespace(request, timeout=TIMEOUT)
        except OrchestratorError as error:
            raise away(error) from error
        return Health()

    return router
