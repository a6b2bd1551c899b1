"""A Temporal client: address, namespace, TLS and API key from Temporal's own variables and profile files."""

import re

from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from orchestrator import settings
from orchestrator.converter import data_converter
from orchestrator.errors import ConfigurationError, OrchestratorError
from orchestrator.telemetry.spans import interceptors

DEFAULT_ADDRESS = "localhost:7233"
DEFAULT_NAMESPACE = "default"


class Unreachable(OrchestratorError):
    """No Temporal server answers. *Retryable.*"""


def connection() -> ClientConnectConfig:
    """Where the server is and how to get in, as Temporal's variables and profile files say.

    Raises:
        ConfigurationError: They make no sense. *Not retryable.*
    """
    try:
        config = ClientConfig.load_client_connect_config()
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"Temporal's settings cannot be used: {error}. See the TEMPORAL_* variables and the profile file "
            "(TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE)."
        ) from error
    config.setdefault("target_host", DEFAULT_ADDRESS)
    return config


async def connect(*, runtime: Runtime | None = None) -> Client:
    """A connected client, which begins a trace with each call if the settings say so.

    Args:
        runtime: Of a worker that serves metrics (see `orchestrator.telemetry.prometheus`).

    Raises:
        ConfigurationError: Temporal's settings make no sense, or ours. *Not retryable.*
        MissingExtra: The settings ask for encryption or traces, whose extra is not installed. *Not retryable.*
        Unreachable: No Temporal server answers; the message says where and what to do. *Retryable.*
    """
    config = connection()
    address = config["target_host"]
    ours = settings.load()
    traced = interceptors(ours)
    converter = data_converter(ours, config.get("namespace") or DEFAULT_NAMESPACE)
    try:
        return await Client.connect(**config, data_converter=converter, interceptors=traced, runtime=runtime)
    except ValueError as error:
        raise ConfigurationError(f"TEMPORAL_ADDRESS={address!r} is no address: {error}. Write HOST:PORT.") from error
    except (RPCError, RuntimeError, OSError) as error:
        raise Unreachable(
            f"No Temporal server answers at {address}: {_gist(str(error))}. Start one with `orchestrator dev`, or set "
            "TEMPORAL_ADDRESS (or a profile, TEMPORAL_PROFILE) to where yours is."
        ) from error


def _gist(message: str) -> str:
    """What a person can use of a nested Rust error: its innermost sentence."""
    if "InvalidContentType" in message:
        return "it does not speak TLS (unset TEMPORAL_TLS, or tls in the profile)"
    quoted = re.findall(r'(?:message|error): "([^"]+)"', message)
    return str(quoted[0]) if quoted else message.splitlines()[0]
