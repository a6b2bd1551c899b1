from tests.cli.running import CommandLine


def test_a_decision_is_accepted_and_the_graph_goes_on(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    (task,) = clinic("tasks", "--workflow", new_id, "--json").json
    assert (task["title"], task["payload"], task["form"]["required"]) == ("Operate on Ada?", {"name": "Ada"}, ["dose"])
    decided = clinic(
        "decide", new_id, "--action", "approve", "--task", task["task_id"], "--values", '{"dose": 3}', "--json"
    )
    assert decided.json == {"task_id": task["task_id"], "event_id": None, "status": "accepted", "remaining": 0}
    clinic.until(new_id, "completed")
    assert clinic("status", new_id, "--json").json["result"]["output"] == {"name": "Ada", "dose": 3}
    assert "has ended already: it is completed" in clinic("decide", new_id, "--action", "approve").refused()


def test_a_decision_that_does_not_fit_is_refused_with_the_reason(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    approve = ("decide", new_id, "--action", "approve")
    missing, wrong, other = clinic.each(
        approve,
        (*approve, "--values", '{"dose": "much"}'),
        (*approve, "--task", "consent-9", "--values", '{"dose": 1}'),
    )
    assert "The form asks for dose" in missing.refused()
    assert "'much' must be a whole number" in wrong.refused()
    assert "Task consent-9 is not open; open are: consent-1" in other.refused()
    assert len(clinic("tasks", "--workflow", new_id, "--json").json) == 1


def test_the_same_decision_sent_twice_counts_once(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("twice", new_id, {}, until="waiting")
    decide = ("decide", new_id, "--action", "approve", "--decision-id", "d-1", "--json")
    assert clinic(*decide).json["status"] == "accepted"
    assert clinic(*decide).json["status"] == "duplicate"


def test_a_late_answer_is_not_kept_for_a_question_that_nobody_has_seen(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("discharge", new_id, {}, until="waiting")
    approve = ("decide", new_id, "--action", "approve")
    assert "on task discharge-1" in clinic(*approve, "--by", "ann").out
    late = clinic(*approve, "--by", "bob").refused()
    assert f"No task of '{new_id}' is open: discharge-1, the last one, was decided by ann" in late
    assert "kept for the next task" in clinic(*approve, "--by", "eve", "--early").out
    assert clinic("event", new_id, "bed_cleaned").status == 0
    clinic.until(new_id, "completed")
    decided = [entry["by"] for entry in clinic("audit", new_id, "--json").json if entry["what"] == "decided"]
    assert decided == ["ann", "eve"]


def test_a_task_is_claimed_delegated_and_found_by_its_assignee(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")

    def found_by(name: str) -> bool:
        return new_id in {task["workflow_id"] for task in clinic("tasks", "--assignee", name, "--json").json}

    assert found_by("group:surgeons")
    claimed = clinic("assign", new_id, "--action", "claim", "--by", "eve", "--json").json
    assert (claimed["state"], claimed["claimed_by"]) == ("claimed", "eve")
    assert "is claimed by eve" in clinic("assign", new_id, "--action", "claim", "--by", "bob").refused()
    assert "needs --to" in clinic("assign", new_id, "--action", "delegate").refused(2)
    assert clinic("assign", new_id, "--action", "delegate", "--to", "o'hara", "--to", "zoe").status == 0
    assert found_by("o'hara")
    assert not found_by("group:surgeons")


def test_an_event_reaches_the_graph_that_waits_for_it(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("lab", new_id, {}, until="waiting")
    assert clinic("event", new_id, "lab_result", "--payload", '"negative"', "--event-id", "e-1").status == 0
    clinic.until(new_id, "completed")
    assert clinic("status", new_id, "--json").json["result"]["output"] == {"lab": "negative"}
