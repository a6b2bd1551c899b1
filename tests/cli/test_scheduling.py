from tests.cli.running import CommandLine


def test_a_schedule_is_made_shown_triggered_paused_and_deleted(clinic: CommandLine, new_id: str) -> None:
    create = ("schedule", "create", new_id, "double", "--graph", "--task-queue", "clinic", "--cron", "0 3 * * *")
    assert (
        clinic(
            *create,
            "--cron",
            "30 12 * * MON-FRI",
            "--timezone",
            "Europe/Berlin",
            "--input",
            '{"dose": 4}',
            "--note",
            "nightly",
        ).status
        == 0
    )
    assert "exists already" in clinic(*create).refused()
    while new_id not in {found["schedule_id"] for found in clinic("schedule", "list", "--json").json}:
        pass  # the server's list is a moment behind
    shown = clinic("schedule", "show", new_id, "--json").json
    assert shown["starts"] == "double"
    assert shown["cron"] == ["0 3 * * *", "30 12 * * MON-FRI"]
    assert shown["time_zone"] == "Europe/Berlin"
    assert shown["next_at"]
    assert all(moment[11:16] in ("01:00", "02:00", "10:30", "11:30") for moment in shown["next_at"])

    assert clinic("schedule", "trigger", new_id).status == 0
    (run,) = clinic("schedule", "show", new_id, "--json").json["recent"]
    clinic.until(run, "completed")
    assert clinic("schedule", "pause", new_id, "--note", "holidays", "--by", "ann").status == 0
    paused = clinic("schedule", "show", new_id, "--json").json
    assert (paused["paused"], paused["note"]) == (True, "nightly [paused by ann: holidays]")
    assert clinic("schedule", "resume", new_id, "--by", "bob").status == 0
    assert clinic("schedule", "show", new_id, "--json").json["note"] == "nightly [resumed by bob]"
    assert clinic("schedule", "delete", new_id).status == 0
    assert f"Schedule '{new_id}' does not exist" in clinic("schedule", "delete", new_id).refused()


def test_a_schedule_that_makes_no_sense_is_refused(orchestrator: CommandLine, new_id: str) -> None:
    create = ("schedule", "create", new_id, "double", "--graph", "--task-queue", "clinic", "--cron")
    ends = ("--start-at", "2027-01-02", "--end-at", "2027-01-01")
    never, backwards, cron, zone, graph, missing = orchestrator.each(
        (*create, "0 0 31 2 *"),
        (*create, "0 3 * * *", *ends),
        (*create, "99 3 * *"),
        (*create, "0 3 * * *", "--timezone", "Mars/Phobos"),
        ("schedule", "create", new_id, "no-such-graph", "--cron", "0 3 * * *"),
        ("schedule", "show", new_id),
    )
    assert never.refused().endswith("would never start anything: 0 0 31 2 * has no time that is yet to come.")
    assert "end_at (2027-01-01T00:00:00+00:00) is before start_at" in backwards.refused(2)
    assert "CronString" in cron.refused(2)
    assert "unknown time zone Mars/Phobos" in zone.refused(2)
    assert "has no graph or workflow 'no-such-graph'" in graph.refused()
    assert "`orchestrator schedule list`" in missing.refused()
