import json

from tests.cli.running import CommandLine


def test_a_graph_is_started_and_its_result_printed(clinic: CommandLine) -> None:
    done = clinic("start", "double", "--input", '{"dose": 4}', "--wait")
    assert done.json["output"] == {"dose": 8}
    assert "waiting for its end" in done.err


def test_the_input_may_come_from_a_file_or_from_standard_input(clinic: CommandLine) -> None:
    (clinic.folder / "patient.json").write_text('{"dose": 5}')
    double = ("start", "double", "--graph", "--task-queue", "clinic", "--wait", "--input")
    from_file, from_stdin = clinic(*double, "@patient.json"), clinic(*double, "@-", given='{"dose": 6}')
    assert (from_file.json["output"], from_stdin.json["output"]) == ({"dose": 10}, {"dose": 12})


def test_a_workflow_is_known_from_a_graph_by_the_application(clinic: CommandLine, new_id: str) -> None:
    started = clinic("start", "Admission", "--id", new_id, "--input", '"Bob"', "--json")
    assert started.json["workflow_id"] == new_id
    assert clinic("status", new_id, "--json").json["workflow_type"] == "Admission"
    clinic("decide", new_id, "--action", "approve")
    assert clinic("status", new_id, "--json").json["result"] == "Bob: approve"


def test_an_id_that_runs_already_is_refused(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("lab", new_id, {}, until="waiting")
    assert "is running already" in clinic("start", "lab", "--id", new_id, "--input", "{}").refused()


def test_a_name_that_the_application_does_not_have_is_refused_before_anything_starts(clinic: CommandLine) -> None:
    refusal = clinic("start", "dobule").refused()
    assert "has no graph or workflow 'dobule'" in refusal
    assert "double" in refusal


def test_without_an_application_a_name_in_lower_case_is_a_graph(clinic: CommandLine) -> None:
    bare = clinic.but(ORCHESTRATOR_APP=None)
    done = bare("start", "double", "--task-queue", "clinic", "--input", '{"dose": 1}', "--wait")
    assert done.json["output"] == {"dose": 2}
    lost = bare("start", "nothing", "--task-queue", "clinic", "--wait")
    assert lost.status == 1
    assert "BadInput: No graph named 'nothing'" in lost.err


def test_waiting_for_a_workflow_says_what_it_waits_for(clinic: CommandLine, new_id: str) -> None:
    said = clinic.serving("start", "scan", "--id", new_id, "--input", "{}", "--wait", until="parked")
    with said as waiting:
        assert clinic("cancel", new_id).status == 0
        assert waiting.process.wait(30) == 1
    assert f"error: Workflow '{new_id}' was cancelled." in waiting.said


def test_options_go_with_the_start(clinic: CommandLine, new_id: str) -> None:
    options = '{"on_failure": "fail"}'
    done = clinic("start", "scan", "--id", new_id, "--input", "{}", "--options", options, "--wait")
    assert done.status == 1
    assert "UserCodeError" in done.err
    assert clinic("status", new_id, "--json").json["state"] == "failed"


def test_an_input_and_an_output_of_any_size_are_taken_and_printed(clinic: CommandLine, new_id: str) -> None:
    name = "a" * 300_000
    (clinic.folder / "large.json").write_text(json.dumps({"dose": 1, "name": name}))
    done = clinic("start", "double", "--id", new_id, "--input", "@large.json", "--wait")
    assert done.json["output"] == {"dose": 2, "name": name}
    elsewhere = clinic.but(ORCHESTRATOR_CHECKPOINTS="sqlite:////proc/nowhere/checkpoints.db")
    status = elsewhere("status", new_id, "--json").json
    assert (status["state"], status["result"]) == ("completed", None)
    assert "its output cannot be read here" in status["note"]
