from typing import Any

import pytest

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.postgres import PostgresStore
from orchestrator.errors import ConfigurationError
from tests.support.stores import acquired, lease, put, put_writes


async def prepared(url: str) -> list[Any]:
    """The statements that a store has prepared in its sessions by the time it has written something."""
    async with open_store(url) as store:
        assert isinstance(store, PostgresStore)
        await store.setup()
        saver = await acquired(store, lease())
        await put_writes(saver, await put(saver))
        async with store.connection() as conn:
            return await (await conn.execute("SELECT statement FROM pg_prepared_statements")).fetchall()


async def test_is_sent_none_if_the_url_says_so(postgres: str) -> None:
    option = "&prepared_statements="
    assert await prepared(postgres + option + "false") == []
    assert await prepared(postgres + option + "true")
    assert await prepared(postgres)


def test_values_are_found_under_the_same_name(postgres: str) -> None:
    assert open_store(postgres + "&prepared_statements=false").name == open_store(postgres).name


def test_anything_else_is_refused(postgres: str) -> None:
    with pytest.raises(ConfigurationError, match=r"prepared_statements='off' in a .* URL: write true or false"):
        open_store(postgres + "&prepared_statements=off")
