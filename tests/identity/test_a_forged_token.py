import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from orchestrator.errors import Refused
from tests.identity.keys import PRIVATE, claims, key_server, key_set, public, shared, signed, verifier


def unsigned(**header: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'typ': 'JWT', **header})}.{part(claims())}."


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS512", "RS512", "", None, 7])
async def test_of_an_algorithm_that_is_not_taken_is_refused(algorithm: Any) -> None:
    with pytest.raises(Refused, match="is not taken"):
        await verifier().verify(unsigned(alg=algorithm), "loan-1")


async def test_signed_with_another_key_is_refused() -> None:
    with pytest.raises(Refused, match="signature does not fit"):
        await verifier().verify(shared("quite another key, which has 32 bytes too"), "loan-1")


async def test_whose_claims_were_changed_is_refused() -> None:
    head, _, signature = shared().split(".")
    body = shared(sub="mallory").split(".")[1]
    with pytest.raises(Refused, match="signature does not fit"):
        await verifier().verify(f"{head}.{body}.{signature}", "loan-1")


async def test_signed_with_the_public_key_as_a_shared_one_is_refused() -> None:
    pem = PRIVATE["RS256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forger = jwt.PyJWS()
    forger._algorithms["HS256"].prepare_key = lambda key: key  # type: ignore[assignment, method-assign, return-value, unused-ignore]
    token = forger.encode(json.dumps(claims()).encode(), pem, algorithm="HS256", headers={"kid": "RS256"})
    async with key_server() as server, key_set(server) as keys:
        with pytest.raises(Refused, match="set ORCHESTRATOR_TOKEN_SECRET"):
            await verifier(keys, secret=None).verify(token, "loan-1")
        with pytest.raises(Refused, match="signature does not fit"):
            await verifier(keys).verify(token, "loan-1")


async def test_signed_with_a_shared_key_that_stands_among_the_public_ones_is_refused() -> None:
    leaked = {"kty": "oct", "k": base64.urlsafe_b64encode(b"x" * 32).decode().rstrip("="), "kid": "oct", "alg": "HS256"}
    token = jwt.encode(claims(), b"x" * 32, algorithm="HS256", headers={"kid": "oct"})
    async with key_server() as server, key_set(server) as keys:
        server.keys.append(leaked)
        with pytest.raises(Refused, match="set ORCHESTRATOR_TOKEN_SECRET"):
            await verifier(keys, secret=None).verify(token, "loan-1")


async def test_that_names_one_algorithm_and_a_key_of_another_is_refused() -> None:
    async with key_server() as server, key_set(server) as keys:
        with pytest.raises(Refused, match="alg value is not allowed"):
            await verifier(keys).verify(signed("RS256", key_id="ES256"), "loan-1")


async def test_of_a_key_that_is_for_a_weaker_use_is_refused() -> None:
    async with key_server() as server, key_set(server) as keys:
        server.keys = [{**public("RS256"), "alg": "RS384"}]
        with pytest.raises(Refused, match="is for RS384, which is not taken"):
            await verifier(keys).verify(signed("RS256"), "loan-1")


async def test_that_brings_its_own_key_is_refused() -> None:
    header = {"jwk": public("ES256"), "jku": "http://127.0.0.1:1/keys"}
    token = jwt.encode(claims(), PRIVATE["ES256"], algorithm="ES256", headers=header)
    async with key_server() as server, key_set(server) as keys:
        with pytest.raises(Refused, match="does not name its key"):
            await verifier(keys).verify(token, "loan-1")
