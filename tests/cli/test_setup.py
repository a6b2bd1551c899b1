import asyncio
import contextlib
import sqlite3
from datetime import timedelta
from uuid import uuid4

from google.protobuf.duration_pb2 import Duration
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest

from orchestrator.devserver import DevServer
from orchestrator.names import SEARCH_ATTRIBUTES
from orchestrator.rpc import NotFound
from orchestrator.search_attributes import OPTIONAL, TYPES, missing
from tests.cli.running import CommandLine


async def until_known(temporal: DevServer, namespace: str) -> None:
    """Return once every part of the server has heard of the namespace: it looks every few seconds."""
    client = await temporal.client(namespace)
    known = False
    while not known:
        with contextlib.suppress(NotFound):
            await missing(client)
            known = True
        await asyncio.sleep(0.1)


async def new_namespace(temporal: DevServer) -> str:
    namespace = f"fresh-{uuid4().hex[:8]}"
    retention = Duration()
    retention.FromTimedelta(timedelta(days=1))
    await (await temporal.client()).workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=retention)
    )
    await until_known(temporal, namespace)
    return namespace


async def test_setup_does_what_is_missing_and_may_be_repeated(temporal: DevServer, orchestrator: CommandLine) -> None:
    namespace = await new_namespace(temporal)
    file = orchestrator.folder / f"{namespace}.db"
    fresh = orchestrator.but(TEMPORAL_NAMESPACE=namespace, ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{file}")

    assert "are not registered" in fresh("worker").refused()
    unsound = fresh("doctor")
    assert unsound.status == 1
    assert "orchestrator setup" in unsound.out
    assert not file.exists()

    first, again = fresh("setup", "--json").json, fresh("setup", "--json").json
    assert sorted(first["registered"]) == sorted(SEARCH_ATTRIBUTES)
    assert again["registered"] == []
    assert first["checkpointers"] == again["checkpointers"] == [f"sqlite:///{file}"]
    with sqlite3.connect(file) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert {"checkpoints", "writes", "orchestrator_leases"} <= tables


async def test_a_server_that_has_all_but_the_latest_search_attribute_is_served(
    temporal: DevServer, orchestrator: CommandLine, new_id: str
) -> None:
    namespace = await new_namespace(temporal)
    known = {name: kind for name, kind in TYPES.items() if name not in OPTIONAL}
    await (await temporal.client()).operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=namespace, search_attributes=known)
    )
    older = orchestrator.but(TEMPORAL_NAMESPACE=namespace)
    with older.serving("worker"):
        (check,) = [one for one in older("doctor", "--json").json["checks"] if one["name"] == "search attributes"]
        assert (check["level"], check["detail"][:27]) == ("warn", "OrchSince is not registered")
        older("start", "double", "--id", new_id, "--input", '{"dose": 1}', "--wait")
        assert older("status", new_id, "--json").json["state"] == "completed"


def test_without_an_application_the_settings_checkpointer_is_set_up(orchestrator: CommandLine) -> None:
    file = orchestrator.folder / f"{uuid4().hex}.db"
    bare = orchestrator.but(ORCHESTRATOR_APP=None, ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{file}")
    done = bare("setup")
    assert done.status == 0
    assert "No application here" in done.err
    assert file.exists()


def test_a_database_that_does_not_answer_is_an_error_in_one_line_without_its_password(
    orchestrator: CommandLine,
) -> None:
    doctor = orchestrator.but(ORCHESTRATOR_CHECKPOINTS="postgresql://ann:secret@localhost:1/db")("doctor")
    assert (doctor.status, doctor.err) == (1, "")
    assert "FAIL  checkpointer       postgresql://ann:***@localhost:1/db: " in doctor.out
    assert "secret" not in doctor.out
    setup = orchestrator.but(ORCHESTRATOR_CHECKPOINTS="sqlite:////proc/nowhere/checkpoints.db")("setup")
    assert setup.status == 1
    assert setup.err.startswith("error: SQLite file '/proc/nowhere/checkpoints.db' cannot be opened")


def test_a_dry_run_says_what_is_missing_and_makes_nothing(orchestrator: CommandLine) -> None:
    file = orchestrator.folder / f"{uuid4().hex}.db"
    bare = orchestrator.but(ORCHESTRATOR_APP=None, ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{file}")
    before = bare("setup", "--dry-run").out
    assert f"checkpoint tables: sqlite:///{file} is to be made ready: there are no tables yet\n" in before
    assert not file.exists()
    bare("setup")
    assert f"checkpoint tables: sqlite:///{file} is ready\n" in bare("setup", "--dry-run").out
