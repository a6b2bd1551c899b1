from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer

from demo.bureau import Bureau
from demo.journal import Journal


async def test_a_repeated_key_is_answered_from_the_ledger_also_after_a_restart(tmp_path: Path) -> None:
    ledger = Journal(tmp_path / "ledger.jsonl")
    answers = []
    for _ in range(2):
        async with TestClient(TestServer(Bureau(ledger).app())) as bureau:
            for _ in range(2):
                response = await bureau.post(
                    "/inquiries", json={"file_number": 1}, headers={"Idempotency-Key": "the-key"}
                )
                answers.append(await response.json())
    assert answers == [{"inquiry": "1-inquiry"}] * 4
    assert [entry["what"] for entry in ledger.read()] == ["done", "again", "again", "again"]
