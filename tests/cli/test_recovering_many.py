from pathlib import Path

from tests.cli.running import CommandLine

RETRY = ("recover", "--action", "retry", "--reason", "mended")


def test_all_that_fit_are_shown_first_and_then_recovered(clinic: CommandLine, new_id: str, mended: Path) -> None:
    ids = [f"{new_id}-{number}" for number in range(3)]
    for workflow_id in ids:
        clinic.begin("scan", workflow_id, {}, until="parked")
    fitting = (*RETRY, "--failure", "the scanner is broken", "--query", f"WorkflowId STARTS_WITH '{new_id}'")

    shown = clinic(*fitting, "--dry-run", "--json")
    assert sorted(one["workflow_id"] for one in shown.json) == ids
    assert {one["outcome"] for one in shown.json} == {None}
    assert "Nothing was done" in shown.err
    assert {clinic("status", workflow_id, "--json").json["state"] for workflow_id in ids} == {"parked"}

    mended.touch()
    done = clinic(*fitting, "--json")
    assert {one["outcome"] for one in done.json} == {"accepted"}
    for workflow_id in ids:
        clinic.until(workflow_id, "completed")


def test_those_that_were_parked_at_another_time_or_failed_otherwise_are_left_alone(
    clinic: CommandLine, new_id: str
) -> None:
    clinic.begin("scan", new_id, {}, until="parked")
    mine = ("--query", f"WorkflowId = '{new_id}'")
    assert "No parked stage fits" in clinic(*RETRY, *mine, "--failure", "Outage").out
    assert "No parked stage fits" in clinic(*RETRY, *mine, "--until", "2020-01-01").out
    assert "No parked stage fits" in clinic(*RETRY, *mine, "--since", "2090-01-01T00:00:00Z").out
    assert "No parked stage fits" in clinic(*RETRY, *mine, "--stage", "other").out
    assert clinic("status", new_id, "--json").json["state"] == "parked"
    assert clinic("recover", new_id, "--action", "abort", "--reason", "enough").status == 0


def test_what_is_for_all_is_not_mixed_with_an_id(clinic: CommandLine) -> None:
    wrong = clinic("recover", "some-id", "--action", "retry", "--reason", "x", "--dry-run")
    assert wrong.status == 2
    assert "leave out the ID" in wrong.err
    rewinding = clinic("recover", "--action", "rewind", "--checkpoint", "1", "--reason", "x")
    assert rewinding.status == 2
    assert "one at a time" in rewinding.err
