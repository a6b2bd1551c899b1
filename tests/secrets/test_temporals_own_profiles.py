"""TLS and API keys come from Temporal's own profile files and variables, and no message of ours shows them."""

from pathlib import Path

import pytest
from temporalio.service import TLSConfig

from orchestrator.connect import Unreachable, connect, connection

PROFILES = """
[profile.cloud]
address = "eu.example.tmprl.cloud:7233"
namespace = "loans.a1b2c"
api_key = "key-of-the-cloud"

[profile.own]
address = "127.0.0.1:1"
namespace = "loans"
[profile.own.tls]
client_cert_data = "certificate"
client_key_data = "private-key-of-ours"
server_ca_cert_data = "authority"
server_name = "temporal.internal"
"""


@pytest.fixture(autouse=True)
def _profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporal.toml").write_text(PROFILES)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))


def test_an_api_key_comes_with_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "cloud")
    found = connection()
    assert (found.get("namespace"), found.get("api_key"), found.get("tls")) == ("loans.a1b2c", "key-of-the-cloud", True)


def test_certificates_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "own")
    tls = connection().get("tls")
    assert isinstance(tls, TLSConfig)
    assert (tls.client_cert, tls.client_private_key) == (b"certificate", b"private-key-of-ours")
    assert (tls.server_root_ca_cert, tls.domain) == (b"authority", "temporal.internal")


async def test_a_variable_counts_more_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "cloud")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_API_KEY", "another-key")
    assert connection().get("api_key") == "another-key"
    with pytest.raises(Unreachable) as caught:
        await connect()
    assert "another-key" not in str(caught.value)
