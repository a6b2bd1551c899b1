import json
from pathlib import Path

import pytest

from tests.cli.running import CommandLine


@pytest.fixture
def trail(clinic: CommandLine, new_id: str) -> Path:
    """A file with the trail of a workflow that has ended."""
    clinic.begin("Discharge", new_id, "Bob", until="waiting")
    for by in ("eve", "zoe"):
        assert clinic("decide", new_id, "--action", "approve", "--by", by).status == 0
    clinic.until(new_id, "completed")
    file = clinic.folder / f"{new_id}.json"
    assert clinic("audit", new_id, "--output", str(file)).out == f"wrote 3 entries to {file}\n"
    return file


def test_the_trail_says_who_did_what_and_how(clinic: CommandLine, new_id: str, trail: Path) -> None:
    shown, as_json = clinic.each(("audit", new_id), ("audit", new_id, "--json"))
    lines = shown.out.splitlines()
    assert lines[0].split() == ["no.", "at", "by", "via", "what", "task", "detail"]
    assert [entry["what"] for entry in as_json.json] == ["opened", "decided", "decided"]
    assert [(entry["by"], entry["via"]) for entry in as_json.json[1:]] == [("eve", "update"), ("zoe", "update")]
    assert "eve" in lines[2]
    assert json.loads(trail.read_text()) == as_json.json


def test_a_whole_trail_is_found_whole_live_and_from_a_file(clinic: CommandLine, new_id: str, trail: Path) -> None:
    live, exported = clinic.each(("audit", new_id, "--verify"), ("audit", "--verify", "--input", str(trail)))
    head = json.loads(trail.read_text())[-1]["hash"]
    assert live.out == exported.out == f"3 entries, each fits the one before\nhead {head}\n"
    assert "compare the head with one noted elsewhere" in live.err
    machine = clinic("audit", new_id, "--verify", "--json").json
    assert machine == {"ok": True, "entries": 3, "head": head, "broken_at": None}


def test_a_trail_that_was_changed_is_refused_and_the_entry_named(clinic: CommandLine, trail: Path) -> None:
    rows = json.loads(trail.read_text())
    rows[1]["by"] = "mallory"
    trail.write_text(json.dumps(rows))
    complaint, machine = clinic.each(
        ("audit", "--verify", "--input", str(trail)), ("audit", "--verify", "--input", str(trail), "--json")
    )
    assert "broken at entry 2 of 3 (seq 2, decided by mallory, " in complaint.refused()
    assert machine.status == 1
    assert json.loads(machine.out)["broken_at"]["by"] == "mallory"


WRONG: dict[str, str] = {
    "{": "is no JSON",
    '{"a": 1}': "a list of entries is expected",
    "[1]": "a list of entries is expected",
    '[{"by": "eve"}]': "entry 1: at: Field required",
    "\udcff": "is no JSON",
}


@pytest.mark.parametrize(("content", "reason"), WRONG.items(), ids=range(len(WRONG)))
def test_a_file_that_is_no_trail_is_wrong_usage(
    orchestrator: CommandLine, tmp_path: Path, content: str, reason: str
) -> None:
    file = tmp_path / "trail.json"
    file.write_bytes(content.encode(errors="surrogateescape"))
    assert reason in orchestrator("audit", "--verify", "--input", str(file)).refused(2)


def test_a_trail_has_one_source_and_a_place_to_go(clinic: CommandLine, new_id: str, trail: Path) -> None:
    none, both, missing, nowhere = clinic.each(
        ("audit",),
        ("audit", new_id, "--input", str(trail)),
        ("audit", "--input", "missing.json"),
        ("audit", new_id, "--output", "/proc/nowhere/trail.json"),
    )
    assert "either a workflow's ID or --input FILE" in none.refused(2)
    assert "either a workflow's ID or --input FILE" in both.refused(2)
    assert "missing.json cannot be read: No such file or directory" in missing.refused(2)
    assert "trail.json cannot be written: No such file or directory" in nowhere.refused(2)
