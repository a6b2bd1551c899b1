from pathlib import Path

from orchestrator.devserver import DevServer
from orchestrator.testing import redis_server
from tests.support.crash_crew import Crew, expected, outcome


async def test_a_node_that_ends_while_redis_is_down_costs_at_most_itself(temporal: DevServer, tmp_path: Path) -> None:
    """SIGKILL of the server inside the node `two`, which ends before it is back."""
    with redis_server() as server:
        crew = Crew(await temporal.client(), temporal.address, tmp_path, server.new_database())
        crew.release("one")
        handle = await crew.begin("chain")
        async with crew.worker() as worker:
            await crew.until("begin", "two")
            server.kill()
            crew.release()
            await worker.until_logged("StoreUnavailable")
            server.start()
            assert await outcome(handle) == expected("chain", {})
        crew.check({"run": "chain"})
    assert crew.count("begin") == {("run", "one"): 1, ("run", "two"): 2, ("run", "three"): 1}
