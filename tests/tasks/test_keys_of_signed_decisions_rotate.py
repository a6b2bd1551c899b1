"""A real server of public keys, that comes and goes."""

from pathlib import Path

import pytest

from orchestrator.settings import Settings
from orchestrator.testing import time_skipping, worker
from orchestrator.workflow import consult
from tests.identity.keys import AUDIENCE, ISSUER, KeyServer, key_server, public, signed
from tests.support.graphs import EMPTY
from tests.support.local import Handle, Local, application, open_tasks, output, refusal, submit
from tests.tasks.desk import asking, recorded, replay


def settings(server: KeyServer, folder: Path) -> Settings:
    return Settings(
        checkpoints=f"sqlite:///{folder / 'checkpoints.db'}",
        search_attributes=False,
        drain_seconds=1,
        token_jwks_url=server.url,
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
    )


async def asked(local: Local) -> Handle:
    handle = await local.graph("ask", EMPTY)
    await open_tasks(handle)
    return handle


def token(handle: Handle) -> str:
    return signed("ES256", workflow_id=handle.id, task_id="ask-1")


async def test_and_what_was_decided_before_replays_after(tmp_path: Path) -> None:
    app = application(ask=asking(identity="signed"))
    async with key_server() as server, time_skipping() as environment:
        async with worker(app, environment.client, settings(server, tmp_path)):
            handle = await asked(Local(environment.client, app.name, environment))
            await submit(handle, token=token(handle))
            await output(handle)
            server.keys = [public("RS256", "new")]
            await replay(handle)
        await server.stop()
        await replay(handle)


async def test_a_decision_waits_for_a_server_that_comes_up_again(tmp_path: Path) -> None:
    app = application(ask=asking(identity="signed"))
    async with key_server() as server, time_skipping() as environment:
        await server.stop()
        async with worker(app, environment.client, settings(server, tmp_path)):
            handle = await asked(Local(environment.client, app.name, environment))
            await handle.signal("decide", {"action": "approve", "by": "ann", "token": token(handle)})
            await server.start()
            assert (await output(handle))["log"][0]["by"] == "ann"


@pytest.mark.parametrize("via", ["signal", "update"])
async def test_a_decision_is_refused_while_there_is_none_and_may_be_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, via: str
) -> None:
    monkeypatch.setattr(consult, "ADMIT_ATTEMPTS", 2)
    app = application(ask=asking(identity="signed"))
    async with key_server() as server, time_skipping() as environment:
        await server.stop()
        async with worker(app, environment.client, settings(server, tmp_path)):
            handle = await asked(Local(environment.client, app.name, environment))
            decision = {"action": "approve", "by": "ann", "token": token(handle)}
            if via == "update":
                assert "cannot be checked now, send it again" in await refusal(handle, "submit_decision", decision)
            else:
                await handle.signal("decide", decision)
            (line,) = await recorded(handle, "refused")
            assert "Is the identity provider up?" in line["detail"]
            assert line["via"] == via
            await server.start()
            await submit(handle, token=decision["token"])
            assert (await output(handle))["log"][0]["by"] == "ann"
