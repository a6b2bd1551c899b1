import asyncio
import urllib.request
from urllib.parse import urlsplit

from orchestrator.devserver import DevServer
from tests.deploy.files import services


def path_asked(service: str) -> str:
    """What a service's health check asks for."""
    url: str = services()[service]["healthcheck"]["test"][-1]
    return urlsplit(url).path


def status(url: str) -> int:
    """What a server answers there."""
    with urllib.request.urlopen(url, timeout=10) as response:
        answered: int = response.status
    return answered


async def test_temporal_and_its_web_ui_answer_what_their_health_checks_ask(
    temporal_with_http: tuple[DevServer, str],
) -> None:
    """The dev server is the same release in one process; test_temporal_release.py holds the two together."""
    server, http = temporal_with_http
    assert server.ui is not None
    for base, service in ((http, "temporal"), (server.ui, "temporal-ui")):
        assert await asyncio.to_thread(status, base + path_asked(service)) == 200
