from pathlib import Path

from tests.cli.running import CommandLine


def test_a_stage_is_forked_into_a_workflow_of_its_own_that_says_where_it_comes_from(
    clinic: CommandLine, new_id: str, mended: Path
) -> None:
    clinic.begin("scan", new_id, {}, until="parked")
    mended.touch()
    forked = clinic("fork", new_id, "--id", f"{new_id}-again", "--by", "eve", "--reason", "the scanner is mended")
    assert forked.out.startswith(f"started {new_id}-again, forked from stage scan of {new_id} at checkpoint ")
    clinic.until(f"{new_id}-again", "completed")
    first, *_ = clinic("audit", f"{new_id}-again", "--json").json
    assert (first["what"], first["by"], first["detail"]["reason"]) == ("forked", "eve", "the scanner is mended")
    assert f", forked by eve from scan of {new_id} at checkpoint " in clinic("history", f"{new_id}-again").out
    assert clinic("status", new_id, "--json").json["state"] == "parked"


def test_what_is_not_there_or_does_not_fit_is_refused_before_anything_starts(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("double", new_id, {"dose": 4}, until="completed")
    never = ("fork", new_id, "--id", f"{new_id}-never")
    stage, checkpoint, key, value, status = clinic.each(
        (*never, "--stage", "gone"),
        (*never, "--checkpoint", "gone"),
        (*never, "--values", '{"doze": 4}'),
        (*never, "--values", '{"dose": "much"}'),
        ("status", f"{new_id}-never"),
    )
    assert "has no stage 'gone'; it has: double" in stage.refused()
    assert "has no checkpoint gone" in checkpoint.refused()
    assert key.refused() == "The state has no doze; it has: answers, dose, lab, name."
    assert "dose does not fit the state" in value.refused()
    assert "does not exist here" in status.refused()


def test_of_a_process_its_one_stage_runs_and_that_is_said(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Course", new_id, 4, until="waiting")
    first = clinic("history", new_id, "--checkpoints", "--json").json[0]["checkpoint_id"]
    forked = clinic("fork", new_id, "--checkpoint", first, "--id", f"{new_id}-again", "--by", "eve")
    assert f"{new_id}-again runs the graph double alone: what comes after it in Course does not run" in forked.err
    clinic.until(f"{new_id}-again", "completed")
    assert clinic("status", f"{new_id}-again", "--json").json["result"]["output"] == {"dose": 8}
