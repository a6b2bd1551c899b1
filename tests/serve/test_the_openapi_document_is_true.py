"""Schemathesis against a real server with a real worker behind it: no 5xx, and every answer as it is documented."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import ignored_auth, missing_required_header, negative_data_rejection, positive_data_acceptance

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.serve.app import create_app
from orchestrator.waits import ask, wait_for
from tests.serve.office import headers, link, office
from tests.serve.test_a_link_to_a_form import Terms
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import open_tasks

BOUNDED = settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("message/rfc822")
def _mail(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def asking(_state: Log) -> Log:
    return {"log": [ask("Terms?", form=Terms, quorum=100_000).by]}


def waiting(_state: Log) -> Log:
    return {"log": [wait_for("never")]}


@dataclass
class Served:
    """A server in a thread, and what is open behind it."""

    url: str = ""
    task: tuple[str, str] = ("", "")
    workflow_id: str = ""

    def link(self) -> str:
        """The token of a link that nobody has used."""
        return link(*self.task, subject=f"person-{uuid4()}").removeprefix("/links/")


@pytest.fixture(scope="module")
def served(temporal: DevServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    ready, found, stop = threading.Event(), Served(), threading.Event()

    async def serve(folder: Path) -> None:
        async with office(await temporal.client(), folder, ask=chain(asking), wait=chain(waiting)) as at:
            asked, waits = await at.graph("ask", EMPTY), await at.graph("wait", EMPTY)
            [task] = await open_tasks(asked)
            found.task, found.workflow_id = (asked.id, task["task_id"]), waits.id
            ours = OrchestratorClient(at.temporal, checkpoints=at.settings.checkpoints)
            server = uvicorn.Server(
                uvicorn.Config(create_app(ours, at.settings), lifespan="off", log_config=None, access_log=False)
            )
            server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
            with socket.socket() as bound:
                bound.bind(("127.0.0.1", 0))
                bound.listen()
                found.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
                serving = asyncio.create_task(server.serve(sockets=[bound]))
                ready.set()
                await asyncio.to_thread(stop.wait)
                server.should_exit = True
                await serving

    def run() -> None:
        try:
            asyncio.run(serve(tmp_path_factory.mktemp("fuzz")))
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    assert found.url, "it does not serve"
    yield found
    stop.set()
    thread.join()


class Signed(requests.auth.AuthBase):
    """Signs whatever body is sent, as a sender would."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body: Any = request.body or b""
        content = body.encode("utf-8", "replace") if isinstance(body, str) else bytes(body)
        try:
            sent = headers(content, f"msg_{uuid4().hex}")
        except UnicodeDecodeError:  # the reference library signs text alone
            return request
        kind = request.headers.get("Content-Type", "")
        request.headers.update({**sent, "content-type": kind})
        return request


def fuzz(served: Served, send: Callable[[Any], None]) -> None:
    """Send what the document allows, and what it does not, to each operation."""
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    operations: list[Any] = list(schema.get_all_operations())
    for operation in operations:
        for mode in schemathesis.GenerationMode:
            try:
                BOUNDED(given(case=operation.ok().as_strategy(generation_mode=mode))(send))()
            except Unsatisfiable:  # nothing that this operation could be sent would be wrong
                assert mode is schemathesis.GenerationMode.NEGATIVE


@pytest.mark.timeout(120)
def test_for_whatever_strangers_send(served: Served) -> None:
    def send(case: Any) -> None:
        case.call_and_validate(timeout=20)

    fuzz(served, send)


@pytest.mark.timeout(120)
def test_for_those_who_have_the_secrets(served: Served) -> None:
    # What is wrong with the headers or the path is mended below.
    unsuited = [ignored_auth, missing_required_header, negative_data_rejection, positive_data_acceptance]

    def send(case: Any) -> None:
        if "workflow_id" in case.path_parameters:
            case.path_parameters["workflow_id"] = served.workflow_id
        if "token" in case.path_parameters:
            case.path_parameters["token"] = served.link()
        case.call_and_validate(auth=Signed(), excluded_checks=unsuited, timeout=20)

    fuzz(served, send)
