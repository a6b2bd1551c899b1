import itertools
import json
from pathlib import Path

from tests.cli.running import CommandLine
from tests.cli.terminal import terminal


def test_watching_and_looking_add_nothing_to_the_history(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    before = clinic("status", new_id, "--json").json["history_length"]
    with clinic.serving("watch", new_id, "--every", "0.1", until="consent waiting"):
        for _ in range(3):
            assert clinic("history", new_id).status == 0
    assert clinic("status", new_id, "--json").json["history_length"] == before


def test_each_change_is_a_line_of_json(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    with clinic.serving("watch", new_id, "--json", "--every", "0.1", until='"waiting"') as watch:
        assert clinic("decide", new_id, "--action", "reject").status == 0
        assert watch.process.wait(30) == 0
        watch.reader.join()
    lines = [json.loads(line) for line in watch.said.splitlines()]
    assert (lines[0]["state"], lines[-1]["state"]) == ("waiting", "completed")
    assert lines[0]["tasks"][0]["title"] == "Operate on Ada?"
    assert all(one != other for one, other in itertools.pairwise(lines))


def test_the_node_that_runs_is_told_from_heartbeats(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("long", new_id, {"dose": 1}, until="running")
    with clinic.serving("watch", new_id, "--every", "0.1", until="long running at long (0 steps)"):
        assert clinic("cancel", new_id).status == 0
    told = clinic("status", new_id, "--json").json["activities"]
    assert told == [] or told[0]["nodes"] == ["long"]


def test_a_terminal_is_redrawn_in_place_with_what_is_due(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "watch", new_id, "--every", "0.2", kind="xterm") as watch:
        watch.expect("Operate on Ada?")
        watch.expect("in 23 h 59 min")
        watch.expect("\x1b[")  # back to its first line
        assert clinic("decide", new_id, "--action", "reject").status == 0
        assert watch.end() == 0


def test_a_parked_stage_says_why(clinic: CommandLine, new_id: str, mended: Path) -> None:
    clinic.begin("scan", new_id, {}, until="parked")
    with clinic.serving("watch", new_id, "--every", "0.1", until="the scanner is broken") as watch:
        mended.touch()
        assert clinic("recover", new_id, "--action", "retry", "--reason", "mended").status == 0
        assert watch.process.wait(30) == 0
