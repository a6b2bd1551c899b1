import pytest

from orchestrator.checkpoints.open import open_store
from orchestrator.devserver import free_port
from orchestrator.errors import ConfigurationError
from orchestrator.testing import redis_server


async def test_by_name() -> None:
    with (
        redis_server("--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--databases", "1") as server,
        pytest.raises(ConfigurationError, match="is a node of a Redis Cluster"),
    ):
        async with open_store(server.url):
            pass
