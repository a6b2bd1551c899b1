from pathlib import Path

from demo.mailroom import Mailroom
from tests.reference.bureau import BureauProcess
from tests.reference.cases import lacking
from tests.reference.office import file, letters, office


async def test_three_weeks_of_silence_close_the_file(
    bureau_process: BureauProcess, mailroom: Mailroom, tmp_path: Path
) -> None:
    filed = lacking(1).model_copy(update={"file_number": 121})
    async with office(bureau_process, mailroom, tmp_path) as local:
        decision = await (await file(local, filed)).result()
    assert (decision["outcome"], decision["reminders"], decision["recommended"]) == ("incomplete", 2, None)
    assert letters(mailroom) == ["incomplete"]
    assert not bureau_process.done(121)
