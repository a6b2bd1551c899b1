import contextlib
import socket
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from orchestrator.checkpoints.open import open_store
from orchestrator.errors import StoreUnavailable

SECRET = "s3cr3t"


async def complaint(url: str) -> str:
    """Why a store cannot be opened."""
    with pytest.raises(StoreUnavailable) as caught:
        async with open_store(url):
            pass
    said = str(caught.value)
    assert SECRET not in said
    assert "\n" not in said
    return said


@pytest.fixture
def closed_port() -> int:
    """A TCP port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


async def test_is_named_with_the_reason_of_the_refusal(closed_port: int) -> None:
    said = await complaint(f"postgresql://ann:{SECRET}@127.0.0.1:{closed_port}/orders")
    assert said.startswith(f"PostgreSQL at 127.0.0.1:{closed_port}, database 'orders' does not answer: ")
    assert "Connection refused" in said


async def test_because_the_database_does_not_exist(postgres_server: str) -> None:
    said = await complaint(postgres_server.replace("/postgres?", "/nowhere?"))
    (folder,) = parse_qs(urlsplit(postgres_server).query)["host"]
    assert said.startswith(f"PostgreSQL at {folder}:5432, database 'nowhere' does not answer: ")
    assert 'database "nowhere" does not exist' in said


async def test_because_of_a_wrong_password(postgres_server: str) -> None:
    (folder,) = parse_qs(urlsplit(postgres_server).query)["host"]
    url = f"postgresql://bob:{SECRET}@/postgres?host={folder}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE bob LOGIN PASSWORD 'another'")
        rules = Path(folder) / "pg_hba.conf"
        rules.write_text(f"local all bob scram-sha-256\n{rules.read_text()}")
        connection.execute("SELECT pg_reload_conf()")
    while can_connect(url):
        pass  # the server reads its rules when it gets to it
    assert 'password authentication failed for user "bob"' in await complaint(url)


def can_connect(url: str) -> bool:
    """Whether the server lets one in."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [f"p@{SECRET}", f"p/{SECRET}", f"1/{SECRET}", f"%{SECRET}", f"{SECRET}/1", f"p#{SECRET}@1", f"{SECRET}@h"],
)
async def test_at_a_url_whose_password_should_have_been_encoded(password: str, closed_port: int) -> None:
    said = await complaint(f"postgresql://ann:{password}@127.0.0.1:{closed_port}/orders")
    assert "malformed" in said
    assert "percent-encoded" in said
