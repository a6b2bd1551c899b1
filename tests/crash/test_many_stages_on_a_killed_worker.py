import asyncio

from tests.support.crash_crew import Crew, expected, outcome

STAGES = 20


async def test_twenty_stages_of_a_killed_worker_end_on_its_replacement_and_repeat_only_open_nodes(crew: Crew) -> None:
    """SIGKILL: ten stages are inside the node `one`, ten inside `two`."""
    names = [f"run{number}" for number in range(STAGES)]
    ahead, behind = names[: STAGES // 2], names[STAGES // 2 :]
    async with crew.worker() as doomed:
        crew.release(*(f"one-{name}" for name in ahead))
        handles = [await crew.begin("chain", name) for name in names]
        await crew.until("begin", "two", runs=len(ahead))
        await crew.until("begin", "one", runs=STAGES)
        doomed.kill()
        await doomed.killed()
    crew.release()
    async with crew.worker():
        outcomes = await asyncio.gather(*(outcome(handle) for handle in handles))
    assert outcomes == [expected("chain", {})] * STAGES
    begun = {(name, node): 1 for name in names for node in ("one", "two", "three")}
    assert crew.count("begin") == begun | {(name, "two"): 2 for name in ahead} | {(name, "one"): 2 for name in behind}
    assert set(crew.count("end").values()) == {1}
    crew.check(dict.fromkeys(names, "chain"))
