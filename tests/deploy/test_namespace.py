import asyncio
import os
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from orchestrator.devserver import DevServer, find_cli
from tests.deploy.files import DEPLOY


async def run_namespace_job(address: str, retention: str) -> None:
    """The job as the Compose file runs it, with the CLI that lies on this machine."""
    process = await asyncio.create_subprocess_exec(
        "sh",
        str(DEPLOY / "temporal" / "namespace.sh"),
        env={
            **os.environ,
            "PATH": f"{Path(find_cli()).parent}:{os.environ['PATH']}",
            "TEMPORAL_ADDRESS": address,
            "TEMPORAL_NAMESPACE": "underwriting",
            "TEMPORAL_RETENTION": retention,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


async def retention_of(server: DevServer) -> timedelta:
    client = await server.client()
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="underwriting"))
    return described.config.workflow_execution_retention_ttl.ToTimedelta()


async def test_the_namespace_is_created_once_and_keeps_the_retention_last_asked_for(
    temporal_with_http: tuple[DevServer, str],
) -> None:
    server, _ = temporal_with_http
    await run_namespace_job(server.address, "30d")
    assert await retention_of(server) == timedelta(days=30)
    await run_namespace_job(server.address, "30d")
    await run_namespace_job(server.address, "90d")
    assert await retention_of(server) == timedelta(days=90)
