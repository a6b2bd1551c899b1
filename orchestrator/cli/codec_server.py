"""`orchestrator codec-server`."""

from orchestrator import logs
from orchestrator.cli.stopping import Stopping
from orchestrator.identity.tokens import verifier
from orchestrator.secrets.server import create_codec_app, origins
from orchestrator.serve.run import answer
from orchestrator.settings import load


async def run_codec_server(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: There are no keys, nobody may decrypt, or the port cannot be had. *Not retryable.*
    """
    with Stopping() as stopping:
        settings = load()
        logs.configure(settings)
        app = create_codec_app(settings, verifier(settings))
        await answer(app, host, port, settings, stopping, origins=origins(settings))
