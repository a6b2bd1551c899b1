from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.errors import Refused
from tests.identity.keys import shared, verifier


def ago(**span: float) -> int:
    return int((datetime.now(UTC) - timedelta(**span)).timestamp())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"workflow_id": "loan-2"}, "bound to another workflow: loan-2"),
        ({"aud": "billing"}, "another audience"),
        ({"iss": "https://elsewhere.example.org"}, "another issuer"),
        ({"exp": ago(minutes=1)}, "expired at 2"),
        ({"nbf": ago(minutes=-5)}, "not valid yet"),
        ({"groups": "underwriters"}, "claim groups is no list"),
        ({"groups": [["underwriters"]]}, "claim groups is no list"),
        ({"task_id": ""}, "claim task_id is no name"),
        ({"task_id": 7}, "claim task_id is no name"),
        ({"sub": 7}, "malformed"),
        ({"sub": "\ud800"}, "claim sub is no name"),
        ({"groups": ["\ud800"]}, "claim groups is no list"),
        ({"exp": 10**18}, "malformed"),
        ({"exp": -(10**18)}, "expired"),
        ({"exp": "soon"}, "malformed"),
    ],
)
async def test_is_refused_with_the_reason(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason) as caught:
        await verifier().verify(shared(**changed), "loan-1")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "sub", "jti", "workflow_id", "task_id"])
async def test_is_refused_if_a_claim_is_missing(claim: str) -> None:
    with pytest.raises(Refused, match=f"no claim {claim}"):
        await verifier().verify(shared(**{claim: None}), "loan-1")


@pytest.mark.parametrize(("claim", "seconds"), [("exp", 10), ("nbf", -10)])
async def test_is_taken_if_only_the_clocks_differ(claim: str, seconds: int) -> None:
    assert (await verifier().verify(shared(**{claim: ago(seconds=seconds)}), "loan-1")).subject == "ann"


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é.é.é", "e30.e30.", "x" * 10_000, "\x00", "e30.W10.e30"])
async def test_is_refused_if_it_is_no_token_at_all(token: str) -> None:
    with pytest.raises(Refused):
        await verifier().verify(token, "loan-1")
