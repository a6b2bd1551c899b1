from uuid import uuid4

import pytest

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.errors import Refused
from tests.secrets.conftest import KEY


async def test_is_refused_because_nobody_could_tell_who_has_edited_something(
    temporal: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    name = f"keys-{uuid4()}"
    await OrchestratorClient(await temporal.client()).start_graph("hear", {"name": "ann"}, id=name)
    monkeypatch.delenv("ORCHESTRATOR_ENCRYPTION_KEYS")
    without = OrchestratorClient(await temporal.client())
    with pytest.raises(Refused, match="part of its history cannot be read"):
        await without.fork(name, by="eve")
    await without.cancel(name)
