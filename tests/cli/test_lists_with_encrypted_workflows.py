import asyncio
from base64 import b64encode

from pydantic import SecretStr
from temporalio.client import Client

from orchestrator import names
from orchestrator.converter import data_converter
from orchestrator.settings import Settings
from tests.cli.running import CommandLine

KEYS = SecretStr(f"k1:{b64encode(b'1' * 32).decode()}")
HEAD = {"task_id": "a-1", "title": "Pay?", "created_at": "2026-01-01T00:00:00Z"}


def test_a_workflow_that_cannot_be_decrypted_leaves_the_others_in_the_list(
    orchestrator: CommandLine, new_id: str
) -> None:
    address = orchestrator.environment["TEMPORAL_ADDRESS"]

    async def begin() -> None:
        plain = await Client.connect(address)
        sealed = await Client.connect(
            address, data_converter=data_converter(Settings(encryption_keys=KEYS), plain.namespace)
        )
        for client, name in ((plain, "plain"), (sealed, "sealed")):
            memo = {names.MEMO_TASKS: [HEAD]}
            await client.start_workflow("Pay", id=f"{new_id}-{name}", task_queue="nobody", memo=memo)
        async with asyncio.timeout(30):
            while (await plain.count_workflows(f"WorkflowId STARTS_WITH '{new_id}'")).count < 2:
                await asyncio.sleep(0.05)

    asyncio.run(begin())
    of_both = ("list", "--query", f"WorkflowId STARTS_WITH '{new_id}'")
    shown, listed, tasks, own, cancelled = orchestrator.each(
        of_both,
        (*of_both, "--json"),
        ("tasks", "--limit", "1000"),
        ("tasks", "--workflow", f"{new_id}-sealed"),
        ("cancel", f"{new_id}-sealed"),
    )
    reason = f"The tasks of {new_id}-sealed cannot be read here: A payload is encrypted with key 'k1'"
    by_id = {info["workflow_id"].removeprefix(f"{new_id}-"): info for info in listed.json}
    assert "'k1'" in by_id["sealed"]["illegible"]
    assert by_id["plain"]["tasks"] == [{**HEAD, "workflow_id": f"{new_id}-plain"}]  # what a head does not say
    assert reason in shown.err
    assert [line.split() for line in shown.out.splitlines() if "sealed" in line] == [
        [f"{new_id}-sealed", "Pay", "running", "?"]
    ]
    assert f"{new_id}-plain" in tasks.out
    assert reason in tasks.err
    assert (own.status, own.out) == (0, "No open tasks.\n")
    assert reason in own.err
    assert cancelled.status == 0
