"""Values and payloads over 256 KiB travel by reference."""

import json

from tests.cli.running import CommandLine

LARGE = "a" * 300_000


def result(clinic: CommandLine, workflow_id: str) -> object:
    clinic.until(workflow_id, "completed")
    return clinic("status", workflow_id, "--json").json["result"]["output"]["answers"]


def test_values_of_any_size_reach_the_graph_that_asked(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("essay", new_id, {}, until="waiting")
    (clinic.folder / "large.json").write_text(json.dumps({"text": LARGE}))
    decide = ("decide", new_id, "--action", "approve", "--values", "@large.json", "--decision-id", "d", "--json")
    assert clinic(*decide).json["status"] == "accepted"
    assert result(clinic, new_id) == {"length": 300_000}
    decided = clinic("audit", new_id, "--json").json[-1]
    assert decided["what"] == "decided"
    assert decided["detail"]["values_ref"]["key"].startswith(f"{new_id}/decisions/d/")
    assert len(json.dumps(decided)) < 2000


def test_a_payload_of_any_size_reaches_the_graph_that_waits(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("letter", new_id, {}, until="waiting")
    given = json.dumps(LARGE)
    assert clinic("event", new_id, "letter", "--payload", "@-", "--event-id", "e", given=given).status == 0
    assert result(clinic, new_id) == {"length": 300_000}


def test_without_the_checkpointer_nothing_is_sent(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("letter", new_id, {}, until="waiting")
    elsewhere = clinic.but(ORCHESTRATOR_CHECKPOINTS="sqlite:////proc/nowhere/checkpoints.db")
    event = ("event", new_id, "letter", "--payload", "@-")
    assert "cannot be opened" in elsewhere(*event, given=json.dumps(LARGE)).refused()
    assert clinic("status", new_id, "--json").json["state"] == "waiting"
