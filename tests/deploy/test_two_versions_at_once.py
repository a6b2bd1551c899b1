from pathlib import Path

from orchestrator.devserver import DevServer
from tests.deploy.versions import Fleet, asks_first
from tests.support.local import decide, open_tasks, output


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
        await rounds.signal("event", {"name": "round"})
        async with fleet.version("two"):
            await fleet.make_current("two")
            for payload in (None, None, "last"):
                await rounds.signal("event", {"name": "round", "payload": payload})
                await rounds.query("status")  # so that each has a workflow task of its own
            assert await rounds.result() == ["one", "one", "two"]


async def test_a_graph_that_waits_goes_on_with_the_version_that_it_began_on_and_new_ones_begin_on_the_one_that_ramps(
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
