"""The `temporal` command shows ciphertext, and with the codec server's help plain text; it may send either."""

import asyncio
import json
import os
import subprocess
import sys
from base64 import b64decode
from typing import Any
from uuid import uuid4

import pytest

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer, find_cli, free_port
from tests.secrets.conftest import KEY

TOKEN = "t" * 32
PATIENCE_SECONDS = 20


async def said(*arguments: str, **variables: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | variables
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def answering(port: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def test_it_reads_and_sends_with_the_codec_server(temporal: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await said(sys.executable, "-m", "orchestrator", "keys", "new", "cli-1", "--namespace", "default")
    assert made.startswith("default/cli-1:")
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", f"{made.strip()},{KEY}")
    monkeypatch.setenv("ORCHESTRATOR_CODEC_TOKEN", TOKEN)
    port, name = free_port(), f"temporal-command-{uuid4()}"
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "orchestrator", "codec-server", "--port", str(port), stderr=subprocess.PIPE
    )
    try:
        client = OrchestratorClient(await temporal.client())
        await client.start_graph("none", {"who": "Ann"}, id=name)
        await answering(port)
        where = ["--address", temporal.address, "--workflow-id", name]
        codec = ["--codec-endpoint", f"http://127.0.0.1:{port}", "--codec-auth", f"Bearer {TOKEN}"]
        payload = '{"name": "reply", "payload": "Bob"}'
        await said(find_cli(), "workflow", "signal", *where, *codec, "--name", "event", "--input", payload)
        shown = await said(find_cli(), "workflow", "show", *where, "--output", "json")
        assert "YmluYXJ5L2VuY3J5cHRlZA" in shown  # binary/encrypted
        plain = await said(find_cli(), "workflow", "show", *where, *codec, "--output", "json")
        started, signaled = given(plain)
        assert started["input"] == {"who": "Ann"}
        assert signaled["payload"] == "Bob"
        await client.temporal.get_workflow_handle(name).terminate()
    finally:
        server.terminate()
        await server.communicate()
    assert server.returncode == 0


def given(history: str) -> list[Any]:
    """What came in with the start and with the signal."""
    events = json.loads(history)["events"]
    kinds = ("workflowExecutionStartedEventAttributes", "workflowExecutionSignaledEventAttributes")
    payloads = [event[kind]["input"]["payloads"] for event in events for kind in kinds if kind in event]
    return [json.loads(b64decode(payload["data"])) for (payload,) in payloads]
