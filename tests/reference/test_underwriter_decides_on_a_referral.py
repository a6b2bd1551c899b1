from pathlib import Path

import pytest

from demo.mailroom import Mailroom
from tests.reference.bureau import BureauProcess
from tests.reference.cases import lacking
from tests.reference.office import file, letters, office


@pytest.mark.parametrize(("action", "outcome"), [("approve", "approved"), ("reject", "denied")])
async def test_the_answer_of_a_human_is_the_decision(
    action: str, outcome: str, bureau_process: BureauProcess, mailroom: Mailroom, tmp_path: Path
) -> None:
    filed = lacking(0).model_copy(update={"file_number": 123})
    values = {"rationale": "I know the street.", "conditions": ["A second appraisal."]}
    async with office(bureau_process, mailroom, tmp_path) as local:
        handle = await file(local, filed)
        await handle.signal("decide", {"action": action, "values": values, "by": "ann"})  # kept until it is asked
        decision = await handle.result()
    assert (decision["outcome"], decision["decided_by"], decision["recommended"]) == (outcome, "ann", "refer")
    told = decision["conditions"] if action == "approve" else decision["reasons"]
    assert told[0] == ("A second appraisal." if action == "approve" else "I know the street.")
    assert letters(mailroom) == [outcome]
