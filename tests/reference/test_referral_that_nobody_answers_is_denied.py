from pathlib import Path

from demo.mailroom import Mailroom
from tests.reference.bureau import BureauProcess
from tests.reference.cases import lacking
from tests.reference.office import file, letters, office


async def test_without_an_appraisal_and_without_an_underwriter_the_answer_is_no(
    bureau_process: BureauProcess, mailroom: Mailroom, tmp_path: Path
) -> None:
    filed = lacking(0).model_copy(update={"file_number": 122})
    async with office(bureau_process, mailroom, tmp_path) as local:
        handle = await file(local, filed)
        decision = await handle.result()
        audited = [entry["what"] for entry in await handle.query("audit")]
    assert (decision["outcome"], decision["recommended"], decision["appraisals_ordered"]) == ("denied", "refer", 2)
    assert decision["decided_by"] != "rules"
    assert "no underwriter decided" in decision["reasons"][0]
    assert audited.count("reminded") == 4
    assert letters(mailroom) == ["denied"]
