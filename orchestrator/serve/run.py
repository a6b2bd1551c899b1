"""`orchestrator serve`."""

import asyncio
import contextlib
import math
import socket
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from orchestrator import logs
from orchestrator.cli.stopping import Stopping
from orchestrator.client import OrchestratorClient
from orchestrator.errors import ConfigurationError
from orchestrator.serve.app import create_app, doors
from orchestrator.settings import Settings, load

log = structlog.get_logger(__name__)


async def run_serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first.

    Raises:
        ConfigurationError: No door has its secret, or the port cannot be had. *Not retryable.*
        Unreachable: No Temporal server answers. *Retryable.*
    """
    with Stopping() as stopping:
        settings = load()
        logs.configure(settings)
        logs.forward_core()
        doors(settings)  # nothing is asked of Temporal before the settings make sense
        client = await OrchestratorClient.connect()
        await answer(create_app(client, settings), host, port, settings, stopping, doors=doors(settings))


async def answer(app: FastAPI, host: str, port: int, settings: Settings, stopping: Stopping, **said: Any) -> None:
    """Serve an application until told to stop.

    Raises:
        ConfigurationError: The port cannot be had. *Not retryable.*
    """
    config = uvicorn.Config(
        app,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=math.ceil(settings.drain_seconds),
    )
    with _bound(host, port) as listening:
        server = _Server(config)
        stopping.serving = True
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        log.info("serving", host=host, port=listening.getsockname()[1], **said)
        asked = asyncio.create_task(stopping.asked.wait())
        await asyncio.wait((serving, asked), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        server.should_exit = True
        await serving
    log.info("stopped serving")


class _Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn would send itself the signal again at the end, and die of it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if isinstance(ip_address(host), IPv6Address) else socket.AF_INET
    except ValueError:  # a name
        family = socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # from now on callers wait instead of being refused
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"Cannot listen at {host}:{port}: {error.strerror or error}. Choose others with --host and --port."
        ) from error
    return listening
