from pathlib import Path

from tests.cli.running import CommandLine


def test_a_paused_workflow_says_so_and_goes_on_when_resumed(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    assert clinic("pause", new_id, "--reason", "lunch").status == 0
    clinic.until(new_id, "paused")
    assert new_id in {info["workflow_id"] for info in clinic("list", "--state", "paused", "--json").json}
    assert clinic("resume", new_id).status == 0
    clinic.until(new_id, "waiting")


def test_a_parked_stage_is_recovered_once_the_cause_is_mended(clinic: CommandLine, new_id: str, mended: Path) -> None:
    clinic.begin("scan", new_id, {}, until="parked")
    (stage,) = clinic("status", new_id, "--json").json["stages"]
    assert stage["state"] == "parked"
    assert "the scanner is broken" in stage["error"]
    assert (
        "'exam' is not parked"
        in clinic("recover", new_id, "--action", "retry", "--stage", "exam", "--reason", "mended").refused()
    )
    mended.touch()
    assert clinic("recover", new_id, "--action", "retry", "--reason", "mended").status == 0
    clinic.until(new_id, "completed")


def test_a_stage_that_waits_is_parked_and_goes_on_with_what_it_was_amended_to(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    assert "reason" in clinic("park", new_id).refused(2)
    assert (
        clinic("park", new_id, "--reason", "wrong name").out
        == f"parked {new_id}; `orchestrator recover` brings it on\n"
    )
    assert "open and not parked" in clinic("park", new_id, "--reason", "again").refused()
    history = clinic("history", new_id).out
    assert "wrong name" in history
    why = ("--reason", "it is Eve")
    assert clinic("recover", new_id, "--action", "amend", "--values", '{"name": "Eve"}', *why).status == 0
    clinic.until(new_id, "waiting")
    (task,) = clinic("tasks", "--workflow", new_id, "--json").json
    assert task["title"] == "Operate on Eve?"


def test_a_workflow_is_cancelled_and_only_once(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("lab", new_id, {}, until="waiting")
    assert clinic("cancel", new_id, "--wait").out == f"cancelled {new_id}\n"
    assert clinic("status", new_id, "--json").json["state"] == "cancelled"
    assert "has ended already: it is cancelled" in clinic("cancel", new_id).refused()
    assert "has ended" in clinic("pause", new_id).refused()
