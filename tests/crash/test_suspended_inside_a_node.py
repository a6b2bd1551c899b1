import signal

from tests.support.crash_crew import Crew, expected, outcome


async def test_a_worker_that_was_suspended_and_replaced_writes_nothing_more_once_it_wakes(crew: Crew) -> None:
    """SIGSTOP inside a node that ends, and wants to write, at the moment it wakes."""
    handle = await crew.begin("chain", heartbeat_timeout="PT1S")
    async with crew.worker(ORCHESTRATOR_MAX_STAGES="1", ORCHESTRATOR_LOG_LEVEL="debug") as sleeper:
        await crew.until("begin", "one")
        sleeper.process.send_signal(signal.SIGSTOP)
        crew.release()
        async with crew.worker() as successor:
            assert await outcome(handle) == expected("chain", {})
            before = crew.rows()
            sleeper.process.send_signal(signal.SIGCONT)
            await crew.until("end", "one", pid=sleeper.process.pid)
            # As failed, because the lease is lost; or as cancelled, if it hears of that first.
            await sleeper.until_logged("Completing a")
            sleeper.terminate()
            assert await sleeper.ended() == 0
            assert crew.rows() == before
            assert {mark.pid for mark in crew.marks() if mark.node == "three"} == {successor.process.pid}
    crew.check({"run": "chain"}, stopped=frozenset({sleeper.process.pid}))


async def test_a_node_that_goes_on_after_its_worker_was_suspended_and_replaced_is_told_to_stop(
    crew_on_sqlite: Crew,
) -> None:
    """SIGSTOP inside an async node that has much to do still when it wakes."""
    crew = crew_on_sqlite
    handle = await crew.begin("chain", heartbeat_timeout="PT1S")
    async with crew.worker(ORCHESTRATOR_MAX_STAGES="1") as sleeper:
        await crew.until("begin", "one")
        sleeper.process.send_signal(signal.SIGSTOP)
        async with crew.worker() as successor:
            crew.release(f"one-{successor.process.pid}", "two", "three")
            assert await outcome(handle) == expected("chain", {})
            before = crew.rows()
            sleeper.process.send_signal(signal.SIGCONT)
            await crew.until("cancelled", "one", pid=sleeper.process.pid)
            sleeper.terminate()
            assert await sleeper.ended() == 0
            assert crew.rows() == before
    crew.check({"run": "chain"}, stopped=frozenset({sleeper.process.pid}))
