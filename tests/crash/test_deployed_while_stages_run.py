import asyncio

from tests.support.crash_crew import Crew, expected, outcome

STAGES = 6


async def test_a_new_worker_takes_over_from_one_that_drains_and_nothing_is_lost_or_run_twice(crew: Crew) -> None:
    """SIGTERM while six stages are inside the node `one`; the new worker starts before these have ended."""
    names = [f"run{number}" for number in range(STAGES)]
    async with crew.worker() as old:
        handles = [await crew.begin("chain", name) for name in names]
        await crew.until("begin", "one", runs=STAGES)
        old.terminate()
        await old.until_logged("worker drains")
        async with crew.worker() as new:
            crew.release()
            outcomes = await asyncio.gather(*(outcome(handle) for handle in handles))
            assert await old.ended() == 0
    assert outcomes == [expected("chain", {})] * STAGES
    once = {(name, node): 1 for name in names for node in ("one", "two", "three")}
    assert crew.count("begin") == crew.count("end") == once
    assert {mark.pid for mark in crew.marks() if mark.node == "three"} == {new.process.pid}
    crew.check(dict.fromkeys(names, "chain"))
