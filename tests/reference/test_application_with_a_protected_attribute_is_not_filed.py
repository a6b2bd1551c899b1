from pathlib import Path

from demo.mailroom import Mailroom
from tests.reference.bureau import BureauProcess
from tests.reference.cases import lacking
from tests.reference.office import file, office
from tests.support.local import failure


async def test_the_workflow_fails_at_once_and_names_the_attribute(
    bureau_process: BureauProcess, mailroom: Mailroom, tmp_path: Path
) -> None:
    async with office(bureau_process, mailroom, tmp_path) as local:
        error = await failure(await file(local, lacking(0), afam="yes"))
    assert error.type == "BadInput"
    assert "afam" in error.message
