from typing import Any

import pytest
from temporalio.client import Client

from orchestrator.errors import ConfigurationError
from tests.serve.office import INBOUND_SECRET, LINK_SECRET, door, settings

NONE: dict[str, Any] = {"link_secret": None, "inbound_secret": None, "reply_secret": None}


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"link_secret": LINK_SECRET}, {"/links/{token}"}),
        ({"inbound_secret": INBOUND_SECRET}, {"/workflows/{workflow_id}/events/{name}"}),
        (
            {"inbound_secret": INBOUND_SECRET, "reply_secret": "any"},
            {"/workflows/{workflow_id}/events/{name}", "/mail"},
        ),
    ],
)
async def test_each_its_own(client: Client, given: dict[str, str], paths: set[str]) -> None:
    async with door(client, settings(**{**NONE, **given})) as at:
        served = (await at.http.get("/openapi.json")).json()["paths"]
    assert set(served) == {"/healthz", "/readyz", *paths}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "There is nothing to serve"),
        ({"reply_secret": "any"}, "There is nothing to serve"),
        ({"link_secret": "hunter2"}, "ORCHESTRATOR_LINK_SECRET has 7 bytes"),
        ({"inbound_secret": "hunter2!"}, "ORCHESTRATOR_INBOUND_SECRET is no base64"),
        ({"inbound_secret": "whsec_aHVudGVyMg=="}, "ORCHESTRATOR_INBOUND_SECRET has 7 bytes"),
        ({"inbound_secret": " , "}, "ORCHESTRATOR_INBOUND_SECRET is empty"),
    ],
)
async def test_and_a_senseless_one_is_refused_without_showing_it(
    client: Client, given: dict[str, str], reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        async with door(client, settings(**{**NONE, **given})):
            pass
    assert "unter2" not in str(caught.value)
