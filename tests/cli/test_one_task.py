from uuid import uuid4

from tests.cli.running import CommandLine


def test_one_task_is_shown_with_everything_in_it(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    shown, as_json, other = clinic.each(
        ("tasks", "--workflow", new_id, "--task", "consent-1"),
        ("tasks", "--workflow", new_id, "--task", "consent-1", "--json"),
        ("tasks", "--workflow", new_id, "--task", "consent-7"),
    )
    for part in ("Operate on Ada?", "group:surgeons", "in 23 h 59 min", '"name": "Ada"', "dose   integer"):
        assert part in shown.out
    assert as_json.json["form"]["required"] == ["dose"]
    assert "Task consent-7 of workflow" in other.refused()
    assert "open are: consent-1" in other.err


def test_its_decisions_so_far_stand_in_it(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("Discharge", new_id, "Bob", until="waiting")
    decided = clinic("decide", new_id, "--action", "approve", "--by", "eve", "--comment", "he is well")
    assert decided.out == "pending quorum: approve on task task-1, 1 more needed\n"
    shown = clinic("tasks", "--workflow", new_id, "--task", "task-1").out
    for part in ("2 must approve", "@starter", "eve", "he is well"):
        assert part in shown


def test_a_large_payload_is_fetched_from_where_it_is_kept(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("chart", new_id, {}, until="waiting")
    one = ("tasks", "--workflow", new_id, "--task", "chart-1")
    assert clinic(*one, "--json").json["payload"] == {"curve": "a" * 300_000}
    assert "--json has them all" in clinic(*one).out
    elsewhere = clinic.but(ORCHESTRATOR_CHECKPOINTS="sqlite:////proc/nowhere/checkpoints.db")(*one)
    assert elsewhere.status == 0
    assert "its payload cannot be read here" in elsewhere.err
    assert "bytes in " in elsewhere.out


def test_of_a_workflow_that_has_ended_there_is_none(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("double", new_id, {"dose": 4}, until="completed")
    assert clinic("tasks", "--workflow", new_id, "--json").json == []
    assert "has ended already" in clinic("tasks", "--workflow", new_id, "--task", "x").refused()


def test_without_a_worker_its_head_is_shown(orchestrator: CommandLine, new_id: str) -> None:
    queue = f"ward-{uuid4().hex[:8]}"
    with orchestrator.serving("worker", "--task-queue", queue):
        orchestrator.begin("consent", new_id, {"name": "Ada"}, until="waiting", task_queue=queue)
    known, unknown = orchestrator.each(
        ("tasks", "--workflow", new_id, "--task", "consent-1"), ("tasks", "--workflow", new_id, "--task", "x")
    )
    assert "Operate on Ada?" in known.out
    assert "no worker answers; shown is what the server knows" in known.err
    assert "no worker answered in time" in unknown.refused()
