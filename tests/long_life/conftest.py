from collections.abc import Iterator

import pytest

from orchestrator import testing
from orchestrator.devserver import DevServer

SUGGESTED_AFTER = 30
"""Events in a history, after which this server suggests to continue as new; the stock one says 4,096."""
CONFIGURED = (
    f"limit.historyCount.suggestContinueAsNew={SUGGESTED_AFTER}",
    "history.transferProcessorMaxPollRPS=1000",  # else each workflow task of a busy workflow waits 50 ms
)


@pytest.fixture(scope="session")
def hasty() -> Iterator[DevServer]:
    """A dev server that suggests to continue as new early."""
    extra = (part for value in CONFIGURED for part in ("--dynamic-config-value", value))
    with testing.dev_server_in_background(*extra) as server:
        yield server
