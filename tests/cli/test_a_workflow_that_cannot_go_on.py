from tests.cli.running import CommandLine


def test_why_its_code_fails_is_said_and_nothing_is_sent(clinic: CommandLine, new_id: str) -> None:
    started = clinic("start", "Surgery", "--workflow", "--task-queue", "clinic", "--id", new_id)
    assert started.status == 0, started.err
    clinic.until_failing(new_id)
    status, decided, tasks = clinic.each(
        ("status", new_id, "--json"),
        ("decide", new_id, "--action", "approve", "--timeout", "30"),
        ("tasks", "--workflow", new_id),
    )
    why = f"Workflow '{new_id}' cannot go on: its workflow task fails: Workflow class Surgery is not registered"
    assert status.json["note"].startswith(why)
    assert decided.refused().startswith(why)
    assert decided.err.endswith("Nothing was sent.\n")
    assert tasks.out == "No open tasks.\n"


def test_what_a_workflow_waited_for_when_it_was_terminated_it_waits_for_no_longer(
    clinic: CommandLine, new_id: str
) -> None:
    clinic.begin("lab", new_id, {}, until="waiting")
    clinic.terminate(new_id)
    status = clinic("status", new_id, "--json").json
    [stage] = status["stages"]
    assert (status["state"], status["waits"]) == ("terminated", [])
    assert (stage["state"], stage["since"]) == ("cancelled", status["closed_at"])


def test_of_one_that_has_failed_on_its_input_only_the_failure_is_said(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Course", new_id, "many", until="failed")
    status = clinic("status", new_id, "--json").json
    assert "BadInput" in status["failure"]
    assert status["note"] is None
