from datetime import UTC, datetime, timedelta

from orchestrator import Orchestrator
from orchestrator.checkpoints.store import Lease, Token
from orchestrator.checkpoints.upkeep import ValueRow
from orchestrator.devserver import DevServer
from tests.retention.server import application, keeping
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.stores import EVERY_DATABASE

LARGE = "x" * 300_000
DIGEST = "0123456789ab"


def large(_state: Log) -> Log:
    return {"log": [LARGE]}


def of(workflow_id: str) -> list[str]:
    """Keys of values as clients, channels and stages put them down."""
    return [
        f"{workflow_id}/0a1b2c3d/input/{DIGEST}",
        f"{workflow_id}/decisions/d-1/{DIGEST}",
        f"{workflow_id}/events/<mail@x.org>/{DIGEST}",
        f"notified/{workflow_id}/0a1b2c3d/3/email/ann@x.org",
        f"{workflow_id}/0a1b2c3d/work/output",
    ]


@EVERY_DATABASE
async def test_with_its_last_thread_all_values_of_a_workflow_go(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, application(chain(large))) as kept:
        handle = await kept.finished("work", EMPTY)
        for key in of(handle.id)[:4]:
            await kept.store.put_value(key, b"{}")
        assert len(await kept.upkeep.values("", 100)) == 5
        done = await kept.sweep()
        assert (done.threads, done.kept) == (1, {})
        assert await kept.upkeep.values("", 100) == []


async def test_values_stay_with_the_workflow_s_threads(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, application(chain(large), retention=timedelta(days=9))) as kept:
        handle = await kept.finished("work", EMPTY)
        await kept.store.put_value(of(handle.id)[0], b"{}")
        assert (await kept.sweep(orphans=True)).kept == {"goes with its thread": 2, "not due": 1}


@EVERY_DATABASE
async def test_values_without_a_thread_are_reported_and_go_only_if_asked_for(
    temporal: DevServer, checkpoints: str
) -> None:
    async with keeping(temporal, checkpoints, application(chain(large))) as kept:
        for key in of("gone/with/slashes"):
            await kept.store.put_value(key, b"{}")
        await kept.store.put_value("somebody-elses", b"{}")
        found = await kept.sweep()
        assert (found.values, found.kept) == (0, {"not ours": 1, "orphan": 5})
        assert {item.workflow_id for item in found.orphans} == {"gone/with/slashes"}
        assert sorted(item.id for item in found.orphans) == sorted(of("gone/with/slashes"))
        assert (await kept.sweep(orphans=True, older_than=timedelta(days=1))).kept == {"not due": 5, "not ours": 1}
        assert (await kept.sweep(orphans=True)).values == 5
        assert [value.key for value in await kept.upkeep.values("", 10)] == ["somebody-elses"]


async def test_values_of_an_open_workflow_stay(temporal: DevServer, checkpoints: str) -> None:
    app = application(chain(says("one")))
    async with keeping(temporal, checkpoints, app) as kept:
        handle = await kept.client.start_workflow("Nobody", id=f"{app.name}-open", task_queue="nobody-polls")
        for key in of(handle.id):
            await kept.store.put_value(key, b"{}")
        assert (await kept.sweep(orphans=True)).kept == {"workflow is open": 5}
        await handle.terminate()
        assert (await kept.sweep(orphans=True)).kept == {"workflow could be reset": 5}


async def test_threads_of_a_graph_that_is_no_longer_there_are_orphans(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, Orchestrator("tests")) as kept:
        await kept.store.acquire(Lease("w-1/0123abcd/retired", "run", Token(1, 1)))
        found = await kept.sweep()
        assert (found.kept, found.orphans[0].id) == ({"orphan": 1}, "w-1/0123abcd/retired")
        done = await kept.sweep(orphans=True)
        assert (done.threads, done.items[0].because) == (1, "orphan")


def test_the_older_part_of_an_audit_trail_is_its_workflow_s() -> None:
    part = ValueRow(f"gone/with/slashes/audit/1001/{DIGEST}", 1, datetime.now(UTC))
    assert (part.workflow_id, part.thread_id) == ("gone/with/slashes", None)
