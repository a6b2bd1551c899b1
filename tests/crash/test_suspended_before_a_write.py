import asyncio
import signal

from tests.support.crash_crew import PATIENCE_SECONDS, Crew, expected, outcome
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


async def until_late(crew: Crew, *words: str) -> str:
    """What became of the late write, as soon as it is one of these."""
    file = crew.folder / "late"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (file.exists() and file.read_text() in words):
            await asyncio.sleep(0.02)
    return file.read_text()


async def test_a_write_that_was_on_its_way_when_its_worker_was_suspended_is_refused(crew: Crew) -> None:
    """SIGSTOP after the node `one`, before its write; nothing but the lease keeps the write out when it wakes."""
    crew.release()
    handle = await crew.begin("chain", heartbeat_timeout="PT1S")
    async with crew.worker(ORCHESTRATOR_MAX_STAGES="1", SUSPEND="before a write") as sleeper:
        await until_late(crew, "suspended")
        async with crew.worker():
            assert await outcome(handle) == expected("chain", {})
            before = crew.rows()
            sleeper.process.send_signal(signal.SIGCONT)
            assert await until_late(crew, "LeaseLost", "written") == "LeaseLost"
            sleeper.terminate()
            assert await sleeper.ended() == 0
            assert crew.rows() == before
    crew.check({"run": "chain"}, stopped=frozenset({sleeper.process.pid}))
