"""The codec server decrypts for those who may, and starts for nobody else."""

from base64 import b64encode
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload

from orchestrator.errors import ConfigurationError
from orchestrator.identity.tokens import Verifier
from orchestrator.secrets.codec import EncryptionCodec
from orchestrator.secrets.configured import keyring
from orchestrator.secrets.server import create_codec_app
from orchestrator.settings import Settings

TOKEN, SECRET, UI = "t" * 32, "s" * 32, "https://temporal.example.com"
KEYS = f"orders/k:{b64encode(b'1' * 32).decode()}"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"secret"')


def settings(**more: Any) -> Settings:
    given = {"encryption_keys": KEYS, "codec_token": TOKEN, "web_ui_url": f"{UI}/namespaces"} | more
    return Settings(**given)


def client(given: Settings, verifier: Verifier | None = None) -> httpx.AsyncClient:
    app = create_codec_app(given, verifier)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://codec")


def asking(token: str = TOKEN, namespace: str = "orders") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "X-Namespace": namespace, "Origin": UI}


async def sealed() -> dict[str, Any]:
    keys = keyring(settings(), "orders")
    assert keys is not None
    [payload] = await EncryptionCodec(keys).encode([PLAIN])
    metadata = {name: b64encode(value).decode() for name, value in payload.metadata.items()}
    return {"payloads": [{"metadata": metadata, "data": b64encode(payload.data).decode()}]}


async def test_what_it_encrypts_it_decrypts() -> None:
    plain = {"payloads": [{"metadata": {"encoding": b64encode(b"json/plain").decode()}, "data": "InNlY3JldCI="}]}
    async with client(settings()) as http:
        encoded = (await http.post("/encode", json=plain, headers=asking())).json()
        assert "InNlY3JldCI=" not in str(encoded)
        decoded = await http.post("/decode", json=encoded, headers=asking())
        assert decoded.json() == plain
        assert decoded.headers["access-control-allow-origin"] == UI


async def test_the_web_ui_may_ask_and_no_other_page() -> None:
    async with client(settings()) as http:
        asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-namespace"}
        assert (await http.options("/decode", headers=asks | {"Origin": UI})).status_code == 200
        other = await http.options("/decode", headers=asks | {"Origin": "https://elsewhere.example.com"})
        assert other.status_code == 400
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({}, 401, "no bearer token"),
        (asking("wrong"), 401, "not the right one"),
        (asking(namespace="theirs"), 404, "no encryption key for namespace 'theirs'"),
    ],
)
async def test_whoever_may_not_is_refused(headers: dict[str, str], status: int, says: str) -> None:
    async with client(settings()) as http:
        answer = await http.post("/decode", json=await sealed(), headers=headers)
        assert answer.status_code == status
        assert says in answer.json()["detail"]


async def test_nonsense_is_refused() -> None:
    async with client(settings()) as http:
        assert (await http.post("/decode", content=b"{", headers=asking())).status_code == 400
        broken = await sealed()
        broken["payloads"][0]["data"] = b64encode(b"\xc1orch1 and no more").decode()
        assert (await http.post("/decode", json=broken, headers=asking())).status_code == 422


async def test_the_identity_providers_tokens_count_for_readers() -> None:
    import jwt

    def token(subject: str, groups: list[str]) -> str:
        claims = {"iss": "idp", "aud": "codec", "sub": subject, "groups": groups, "exp": 4_000_000_000}
        return jwt.encode(claims, SECRET, algorithm="HS256")

    verifier = Verifier(secret=SECRET, issuer="idp", audience="codec")
    given = settings(codec_token=None, codec_readers=["ann", "group:operators"])
    async with client(given, verifier) as http:
        for subject, groups, status in (("ann", [], 200), ("bob", ["operators"], 200), ("eve", ["staff"], 403)):
            answer = await http.post("/decode", json=await sealed(), headers=asking(token(subject, groups)))
            assert answer.status_code == status
        assert (await http.post("/decode", json=await sealed(), headers=asking("a.b.c"))).status_code == 401


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"codec_token": None}, "Everybody could decrypt everything"),
        ({"codec_token": SecretStr("short")}, "under 32 characters"),
        ({"codec_token": None, "codec_readers": ["ann"]}, "needs the keys of tokens too"),
        ({"codec_origins": ["*"]}, "any page could ask"),
        ({"encryption_keys": None}, "no keys to decrypt with"),
    ],
)
def test_it_does_not_start_open_to_the_world(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        create_codec_app(settings(**given), None)
