"""Keys in the environment, as a deployment has them."""

from base64 import b64encode

import pytest

KEY = f"test-1:{b64encode(b'1' * 32).decode()}"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encryption for whatever is opened from now on."""
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
