from tests.support.crash_crew import Crew, expected, outcome
from tests.support.crash_proxy import proxy


async def test_a_worker_cut_off_from_temporal_writes_nothing_more_once_its_successor_has_begun(crew: Crew) -> None:
    """Cut off inside the sync node `two`, which ends after its successor has finished the stage."""
    crew.release("one")
    handle = await crew.begin("chain", heartbeat_timeout="PT1S")
    async with (
        proxy(crew.address) as line,
        crew.worker(address=line.address, ORCHESTRATOR_MAX_STAGES="1", ORCHESTRATOR_DRAIN_SECONDS="5") as lonely,
    ):
        await crew.until("begin", "two")
        line.hold()
        async with crew.worker() as successor:
            crew.release(f"two-{successor.process.pid}", "three")
            assert await outcome(handle) == expected("chain", {})
            before = crew.rows()
            crew.release("two")
            await crew.until("end", "two", pid=lonely.process.pid)
            await lonely.until_logged("Completing activity as failed")
            assert crew.rows() == before
            line.mend()
            lonely.terminate()
            assert await lonely.ended() == 0
            assert crew.rows() == before
    assert crew.count("begin") == {("run", "one"): 1, ("run", "two"): 2, ("run", "three"): 1}
    crew.check({"run": "chain"})


async def test_a_worker_cut_off_from_temporal_stops_its_node_by_itself(crew_on_sqlite: Crew) -> None:
    crew = crew_on_sqlite
    handle = await crew.begin("chain", heartbeat_timeout="PT1S")
    async with proxy(crew.address) as line, crew.worker(address=line.address, ORCHESTRATOR_MAX_STAGES="1") as lonely:
        await crew.until("begin", "one")
        line.hold()
        await crew.until("cancelled", "one")
        await lonely.until_logged("Completing activity as failed")
        before = crew.rows()
        async with crew.worker():
            crew.release()
            line.mend()
            assert await outcome(handle) == expected("chain", {})
            assert before < crew.rows() | {row for row in before if row[0] == "lease"}
    assert crew.count("end") == {("run", "one"): 1, ("run", "two"): 1, ("run", "three"): 1}
    crew.check({"run": "chain"})


async def test_a_worker_that_finds_temporal_again_serves_on(crew_on_sqlite: Crew) -> None:
    crew = crew_on_sqlite
    handle = await crew.begin("chain", heartbeat_timeout="PT1S")
    async with proxy(crew.address) as line, crew.worker(address=line.address) as worker:
        await crew.until("begin", "one")
        line.refuse()
        await crew.until("cancelled", "one")
        line.mend()
        crew.release()
        assert await outcome(handle) == expected("chain", {})
        worker.terminate()
        assert await worker.ended() == 0
    crew.check({"run": "chain"})
