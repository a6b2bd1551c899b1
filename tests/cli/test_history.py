import asyncio
import json
from pathlib import Path

from orchestrator import Orchestrator
from orchestrator.testing import replay
from tests.cli.running import CommandLine


def test_both_timelines_stand_in_one_in_order_of_time(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("triage", new_id, {"dose": 1}, until="completed")
    lines = clinic("history", new_id, "--json").json
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    told = [line["what"] for line in lines if not line["folded"]]
    assert (told[0], told[-1]) == ("started", "completed")
    assert {line["kind"] for line in lines} >= {"workflow", "turn", "checkpoint", "engine"}
    people = clinic("history", new_id).out
    assert "turn 1 scheduled" in people
    assert "workflow task" not in people
    assert people.index("turn 1 started") < people.index("step -1  input") < people.index("turn 1 completed")


def test_that_another_database_was_read_is_said(clinic: CommandLine, new_id: str, tmp_path: Path) -> None:
    clinic.begin("double", new_id, {"dose": 1}, until="completed")
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    elsewhere = clinic.but(ORCHESTRATOR_CHECKPOINTS=url)
    assert elsewhere("setup").status == 0
    assert elsewhere("history", new_id, "--checkpoints").err == f"No checkpoints in {url}.\n"
    assert f"has no checkpoint in {url} yet" in elsewhere("fork", new_id).refused()


def test_a_checkpoint_tells_its_nodes_and_those_of_subgraphs_are_indented(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("triage", new_id, {"dose": 1}, until="completed")
    saved = clinic("history", new_id, "--checkpoints", "--json").json
    assert {line["kind"] for line in saved} == {"checkpoint"}
    ran = [(line["namespace"], line["step"], line["nodes"]) for line in saved if line["nodes"]]
    assert ran == [("", 1, ["look"]), ("operate", 1, ["cut"]), ("", 2, ["operate"])]
    assert all(line["size_bytes"] > 0 for line in saved)
    assert f"triage        operate  {saved[-2]['checkpoint_id']}  step 1  after cut" in clinic("history", new_id).out


def test_who_did_what_and_how_a_stage_was_recovered_stand_there(clinic: CommandLine, new_id: str, mended: Path) -> None:
    clinic.begin("scan", new_id, {}, until="parked")
    mended.touch()
    done = clinic("recover", new_id, "--action", "retry", "--reason", "mended", "--by", "olga")
    assert done.status == 0, done
    clinic.until(new_id, "completed")
    told = clinic("history", new_id)
    assert "then scan failed" not in told.out  # it has run since
    assert "turn 1 failed on attempt 1: TypeError: the scanner is broken" in told.out
    assert "update recover by olga: retry (mended)" in told.out
    assert "turn 2 completed" in told.out


def test_only_a_stage_is_shown_with_what_befell_the_workflow(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    lines = clinic("history", new_id, "--stage", "consent", "--json").json
    assert {line.get("stage") for line in lines if line["kind"] not in ("workflow", "reset")} == {"consent"}
    assert "consent asked" in clinic("history", new_id).out
    assert [line["kind"] for line in clinic("history", new_id, "--stage", "none", "--json").json] == ["workflow"]


def test_without_the_checkpointer_temporal_s_part_is_shown_with_a_remark(
    clinic: CommandLine, new_id: str, tmp_path: Path
) -> None:
    clinic.begin("double", new_id, {"dose": 1}, until="completed")
    for url, why in (
        (f"sqlite:///{tmp_path / 'none.db'}", "there is no such file"),
        ("memory://", "only the worker itself can read its memory"),
    ):
        told = clinic.but(ORCHESTRATOR_CHECKPOINTS=url)("history", new_id)
        assert told.status == 0
        assert "turn 1 completed, 1 step in all" in told.out
        assert "step -1" not in told.out
        assert why in told.err
        assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "none.db").exists()


def test_a_run_or_workflow_that_does_not_exist_is_refused(clinic: CommandLine, new_id: str) -> None:
    assert "does not exist here" in clinic("history", new_id).refused()


def test_no_message_gives_a_terminal_commands(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Admission", new_id, "\x1b[2JBob", until="waiting")
    assert clinic("decide", new_id, "--action", "reject", "--comment", "no\n\x1b[2Jbed", "--by", "ann").status == 0
    clinic.until(new_id, "completed")
    told = clinic("history", new_id).out
    assert "by ann" in told
    assert "\x1b" not in told
    assert json.loads(clinic("history", new_id, "--json").out)


def test_it_is_kept_for_the_next_version_to_be_replayed_against(
    clinic: CommandLine, new_id: str, tmp_path: Path
) -> None:
    clinic.begin("triage", new_id, {"dose": 1}, until="completed")
    file = tmp_path / "histories" / "triage.json"
    assert clinic("history", new_id, "--save", str(file)).status == 0
    assert asyncio.run(replay(Orchestrator("clinic"), [file])) == {}
    lost = clinic("history", f"{new_id}-gone", "--save", str(file))
    assert (lost.status, len(lost.err.splitlines())) == (1, 1)
