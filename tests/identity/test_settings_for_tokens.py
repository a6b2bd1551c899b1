import sys

import pytest
from pydantic import SecretStr

from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.identity.tokens import verifier
from orchestrator.settings import Settings
from tests.identity.keys import AUDIENCE, ISSUER, LINK_SECRET, SECRET


def test_that_name_no_key_need_no_verifier() -> None:
    assert verifier(Settings(token_issuer=ISSUER, token_audience=AUDIENCE, token_secret=SecretStr(""))) is None


def test_that_name_the_key_of_links_are_enough_for_links() -> None:
    assert verifier(Settings(link_secret=SecretStr(LINK_SECRET))) is not None


@pytest.mark.parametrize("missing", ["token_issuer", "token_audience"])
@pytest.mark.parametrize("key", [{"token_secret": SECRET}, {"token_jwks_url": "https://id.example.org/keys"}])
def test_that_name_a_key_and_not_whom_to_trust_are_refused(key: dict[str, str], missing: str) -> None:
    given = {"token_issuer": ISSUER, "token_audience": AUDIENCE, **key, missing: None}
    with pytest.raises(ConfigurationError, match="ORCHESTRATOR_TOKEN_ISSUER and ORCHESTRATOR_TOKEN_AUDIENCE"):
        verifier(Settings.model_validate(given))


@pytest.mark.parametrize("name", ["token_secret", "link_secret"])
def test_with_a_short_secret_are_refused_without_showing_it(name: str) -> None:
    given = {"token_issuer": ISSUER, "token_audience": AUDIENCE, name: "hunter2"}
    with pytest.raises(ConfigurationError, match=f"ORCHESTRATOR_{name.upper()} has 7 bytes") as caught:
        verifier(Settings.model_validate(given))
    assert "hunter2" not in str(caught.value)


def test_that_name_a_key_need_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(MissingExtra, match=r"hybrid-orchestrator\[identity\]"):
        verifier(Settings(link_secret=SecretStr(LINK_SECRET)))
