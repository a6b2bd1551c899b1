"""A Temporal client: address, namespace, TLS and API key from Temporal's own variables and profile files."""

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from orchestrator.converter import DATA_CONVERTER
from orchestrator.errors import OrchestratorError


class Unreachable(OrchestratorError):
    """No Temporal server answers. *Retryable.*"""


async def connect() -> Client:
    """A connected client.

    Raises:
        Unreachable: No Temporal server answers; the message says where and what to do. *Retryable.*
    """
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "localhost:7233")
    try:
        return await Client.connect(**config, data_converter=DATA_CONVERTER)
    except (RPCError, RuntimeError, OSError) as error:
        raise Unreachable(
            f"No Temporal server answers at {config['target_host']}: {str(error).splitlines()[0]}. Start one with "
            "`orchestrator dev`, or set TEMPORAL_ADDRESS (or a profile, TEMPORAL_PROFILE) to where yours is."
        ) from error
