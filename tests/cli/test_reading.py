from tests.cli.running import CommandLine


def test_every_reading_command_prints_json_that_parses(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("double", new_id, {"dose": 4}, until="completed")
    readings = (
        ("status", new_id),
        ("list", "--query", f"WorkflowId = '{new_id}'"),
        ("tasks", "--workflow", new_id),
        ("audit", new_id),
        ("schedule", "list"),
    )
    for reading, done in zip(readings, clinic.each(*((*reading, "--json") for reading in readings)), strict=True):
        assert done.json is not None, reading
        assert done.err == "", reading


def test_a_status_tells_the_stages_from_the_worker_and_the_rest_from_the_server(
    clinic: CommandLine, new_id: str
) -> None:
    clinic.begin("double", new_id, {"dose": 4}, until="completed")
    status = clinic("status", new_id, "--json").json
    assert (status["state"], status["task_queue"], status["graph"]) == ("completed", "clinic", "double")
    assert [(stage["name"], stage["state"], stage["steps"]) for stage in status["stages"]] == [
        ("double", "completed", 1)
    ]
    assert status["result"]["output"] == {"dose": 8}
    assert status["note"] is None


def test_a_list_is_narrowed_by_state_and_by_query(clinic: CommandLine, new_id: str) -> None:
    other = f"{new_id}-waits"
    clinic.begin("double", new_id, {"dose": 4}, until="completed")
    clinic.begin("Admission", other, "Bob", until="waiting")
    ours = f"WorkflowId STARTS_WITH '{new_id}'"
    completed, open_, limited = clinic.each(
        ("list", "--state", "completed", "--query", ours, "--json"),
        ("list", "--state", "waiting", "--query", ours, "--json"),
        ("list", "--query", ours, "--limit", "1", "--json"),
    )
    assert [info["workflow_id"] for info in completed.json] == [new_id]
    assert [info["workflow_id"] for info in open_.json] == [other]
    assert completed.json[0]["since"] == completed.json[0]["closed_at"]
    assert open_.json[0]["since"] == open_.json[0]["tasks"][0]["created_at"]
    assert len(limited.json) == 1


def test_titles_are_text_and_never_markup(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Admission", new_id, "[bold]Bob[/bold] [link", until="waiting")
    for done in clinic.each(("tasks",), ("status", new_id)):
        assert "Admit [bold]Bob[/bold] [link?" in done.out


def test_titles_give_a_terminal_no_commands(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Admission", new_id, "\x1b[2J\x9b2JBob", until="waiting")
    one = ("tasks", "--workflow", new_id, "--task", "task-1")
    for done in clinic.each(("tasks",), ("status", new_id), one, ("audit", new_id)):
        assert "Admit \ufffd[2J\ufffd2JBob?" in done.out
        assert not {"\x1b", "\x9b"} & set(done.out)


def test_watching_prints_each_change_and_ends_with_the_workflow(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Admission", new_id, "Bob", until="waiting")
    with clinic.serving("watch", new_id, "--every", "0.2", until="waiting") as watch:
        assert clinic("decide", new_id, "--action", "reject").status == 0
        assert watch.process.wait(30) == 0
    assert "completed" in watch.said.splitlines()[-1]
