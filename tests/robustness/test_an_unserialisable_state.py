import threading
from typing import Any

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.robust_serving import RETRY, log_of, on_dev_server, parked


class Orders:
    """Puts a lock where only values belong, until it is mended."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.value: Any = threading.Lock()

    def before(self, _state: Log) -> Log:
        self.ran.append("before")
        return {"log": ["before"]}

    def orders(self, _state: Log) -> Log:
        self.ran.append("orders")
        return {"log": [{"orders": [{}, {"handle": self.value}]}]}


async def test_parks_at_once_and_says_where_the_value_stands(temporal: DevServer, checkpoints: str) -> None:
    work = Orders()
    async with on_dev_server(temporal, checkpoints, work=chain(work.before, work.orders)) as local:
        handle = await local.graph("work", EMPTY)
        error = await parked(handle)
        assert error.startswith("Unserialisable: ")
        assert "state['log'][1]['orders'][1]['handle'] is a lock" in error
        assert work.ran == ["before", "orders"], "it is not retried"
        work.value = "released"
        await handle.execute_update("recover", RETRY)
        assert await log_of(handle) == ["before", {"orders": [{}, {"handle": "released"}]}]
        assert work.ran == ["before", "orders", "orders"]
