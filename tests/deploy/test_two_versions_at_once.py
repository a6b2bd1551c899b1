from pathlib import Path

from orchestrator.devserver import DevServer
from tests.deploy.versions import Fleet, asks_first
from tests.support.local import Handle, decide, open_tasks, output, until


async def test_a_graph_that_waits_goes_on_with_the_current_version_once_its_pin_is_taken_away(
    temporal: DevServer, tmp_path: Path
) -> None:
    fleet = await Fleet.of(temporal, f"sqlite:///{tmp_path / 'checkpoints.db'}")
    async with fleet.version("one", asks_first):
        await fleet.make_current("one")
        waiting = await fleet.start("GraphRun", {"graph": "work", "input": {"log": []}})
        await open_tasks(waiting)
    async with fleet.version("two", asks_first):
        await fleet.make_current("two")
        await fleet.follow(waiting)
        await decide(waiting, values="yes")
        assert await output(waiting) == {"log": ["yes", "two"]}


async def test_a_process_moves_on_to_the_current_version_at_its_checkpoint(temporal: DevServer) -> None:
    fleet = await Fleet.of(temporal, "memory://")
    async with fleet.version("one"):
        await fleet.make_current("one")
        rounds = await fleet.start("Rounds", [])
        began = (await rounds.describe()).run_id
        await another(rounds)
        async with fleet.version("two"):
            await fleet.make_current("two")
            while (await rounds.describe()).run_id == began:
                await another(rounds)
            await another(rounds)
            await rounds.signal("event", {"name": "round", "payload": "last"})
            words = await rounds.result()
            assert (words[0], words[-1]) == ("one", "two")
            assert words == sorted(words)


async def another(rounds: Handle) -> None:
    """One more round, to its end."""
    before = (await rounds.query("status"))["stages"]
    await rounds.signal("event", {"name": "round"})
    await until(
        rounds,
        lambda status: (
            len(status["stages"]) > len(before)
            and status["stages"][-1]["state"] == "completed"
            and any(wait["kind"] == "event" for wait in status["waits"])
        ),
    )


async def test_a_graph_that_waits_stays_with_its_version_and_new_ones_begin_on_the_one_that_ramps(
    temporal: DevServer,
) -> None:
    fleet = await Fleet.of(temporal, "memory://")
    async with fleet.version("one", asks_first), fleet.version("two", asks_first):
        await fleet.make_current("one")
        old = await fleet.start("GraphRun", {"graph": "work", "input": {"log": []}})
        await open_tasks(old)
        await fleet.ramp("two", 100)
        new = await fleet.start("GraphRun", {"graph": "work", "input": {"log": []}})
        await open_tasks(new)
        await fleet.make_current("two")
        for handle in (old, new):
            await decide(handle, values="yes")
        assert await output(old) == {"log": ["yes", "one"]}
        assert await output(new) == {"log": ["yes", "two"]}
