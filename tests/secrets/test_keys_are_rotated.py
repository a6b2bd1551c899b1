"""The first key encrypts, every one decrypts."""

from base64 import b64encode
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload

from orchestrator.errors import ConfigurationError, KeyMissing, SealBroken
from orchestrator.secrets.codec import EncryptionCodec
from orchestrator.secrets.configured import keyring
from orchestrator.secrets.keys import Key, Keyring
from orchestrator.settings import Settings

OLD, NEW, OTHER = (Key(name, name.encode().ljust(32, b"-")) for name in ("old", "new", "other"))
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"secret"')


def written(*keys: Key, namespace: str = "") -> str:
    return ",".join(f"{namespace}{key.id}:{b64encode(key.secret).decode()}" for key in keys)


def codec(*keys: Key, namespace: str = "default") -> EncryptionCodec:
    return EncryptionCodec(Keyring(namespace, lambda: keys, reread_seconds=0))


async def test_what_the_old_key_encrypted_is_read_after_the_rotation() -> None:
    [sealed] = await codec(OLD).encode([PLAIN])
    assert b"secret" not in sealed.SerializeToString()
    assert await codec(NEW, OLD).decode([sealed]) == [PLAIN]
    [again] = await codec(NEW, OLD).encode([PLAIN])
    assert again.metadata["encryption-key-id"] == b"new"


async def test_a_missing_key_is_named_and_may_be_added_while_running() -> None:
    keys = [NEW]
    reader = EncryptionCodec(Keyring("default", lambda: keys, reread_seconds=0))
    [sealed] = await codec(OLD).encode([PLAIN])
    with pytest.raises(KeyMissing, match="Key 'old' of namespace 'default' is not known here; known are: new"):
        await reader.decode([sealed])
    keys.append(OLD)
    assert await reader.decode([sealed]) == [PLAIN]


async def test_plain_payloads_of_other_clients_are_taken() -> None:
    assert await codec(NEW).decode([PLAIN]) == [PLAIN]


async def test_an_altered_payload_is_refused() -> None:
    [sealed] = await codec(NEW).encode([PLAIN])
    sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    with pytest.raises(SealBroken, match="altered"):
        await codec(NEW).decode([sealed])


async def test_a_payload_of_another_namespace_is_refused() -> None:
    [sealed] = await codec(NEW, namespace="theirs").encode([PLAIN])
    with pytest.raises(SealBroken, match="payload / default"):
        await codec(NEW).decode([sealed])


def test_a_namespace_has_its_own_keys_before_everybodys() -> None:
    settings = Settings(encryption_keys=f"{written(OLD)},{written(NEW, namespace='orders/')}")
    orders, default = keyring(settings, "orders"), keyring(settings, "default")
    assert orders is not None
    assert default is not None
    assert (orders.current, orders.key("old")) == (NEW, OLD)
    assert default.current == OLD
    with pytest.raises(KeyMissing):
        default.key("new")


def test_a_file_is_read_again_for_a_key_that_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# ours\n{written(OLD)}\n")
    keys = keyring(Settings(encryption_keys_file=file), "default")
    assert keys is not None
    keys._reread_seconds = 0
    file.write_text(f"{written(OLD)}\n{written(NEW)}  # since November\n")
    assert keys.key("new") == NEW


def from_a_vault(namespace: str) -> list[tuple[str, bytes]]:
    return [(f"{namespace}-1", b"-" * 32)]


def test_a_hook_fetches_keys_from_elsewhere() -> None:
    keys = keyring(Settings(encryption_key_source=f"{__name__}:from_a_vault"), "orders")
    assert keys is not None
    assert keys.current.id == "orders-1"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("k:short", "not in base64"),
        (f"k:{b64encode(b'secret').decode()}", "has 6 bytes and not 32"),
        (f"a b:{b64encode(b'-' * 32).decode()}", "its id is not of letters"),
        (written(OLD, namespace="orders/"), "no encryption key for namespace 'default'"),
        (written(OLD, OLD), "have the same id"),
    ],
)
def test_senseless_keys_are_refused_and_not_shown(given: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        keyring(Settings(encryption_keys=given), "default")
    assert given.partition(":")[2] not in str(caught.value)
