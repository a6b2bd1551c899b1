from collections.abc import AsyncIterator

import pytest

from orchestrator.devserver import DevServer, dev_server

SUGGESTED_AFTER = 30
"""Events in a history, after which this server suggests to continue as new; the stock one says 4,096."""


@pytest.fixture
async def hasty() -> AsyncIterator[DevServer]:
    """A dev server that suggests to continue as new early."""
    values = ("--dynamic-config-value", f"limit.historyCount.suggestContinueAsNew={SUGGESTED_AFTER}")
    async with dev_server(headless=True, extra=values) as server:
        yield server
