from pathlib import Path

from demo.mailroom import Mailroom
from orchestrator import Orchestrator
from orchestrator.testing import Human, Reply, record, replay
from tests.reference.bureau import BureauProcess
from tests.reference.cases import lacking
from tests.reference.office import file, office
from workflows.mortgage import MortgageUnderwriting


async def test_with_the_answers_of_a_human_in_it(
    bureau_process: BureauProcess, mailroom: Mailroom, tmp_path: Path
) -> None:
    filed = lacking(0).model_copy(update={"file_number": 123})
    values = {"rationale": "I know the street.", "conditions": ["A second appraisal."]}
    underwriter = Human({f"Approve the mortgage of {filed.application_id}?": Reply(values=values)}, name="ann")
    history = tmp_path / "underwriting.json"
    async with office(bureau_process, mailroom, tmp_path) as local:
        handle = await file(local, filed)
        decision = await underwriter.play(local, handle)
        await record(handle, history)
    assert (decision["outcome"], decision["decided_by"]) == ("approved", "ann")
    app = Orchestrator("mortgage-tests")
    app.workflow(MortgageUnderwriting)
    assert await replay(app, [history]) == {}
