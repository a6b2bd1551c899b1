from uuid import uuid4

from tests.cli.running import CommandLine


def test_what_a_dead_worker_left_is_still_shown(orchestrator: CommandLine, new_id: str) -> None:
    queue = f"ward-{uuid4().hex[:8]}"
    with orchestrator.serving("worker", "--task-queue", queue):
        orchestrator.begin("consent", new_id, {"name": "Ada"}, until="waiting", task_queue=queue)
    status, found, inbox, tasks, decided = orchestrator.each(
        ("status", new_id, "--json"),
        ("list", "--query", f"WorkflowId = '{new_id}'", "--json"),
        ("tasks", "--assignee", "group:surgeons", "--json"),
        ("tasks", "--workflow", new_id, "--json"),
        ("decide", new_id, "--action", "reject", "--decision-id", "late", "--timeout", "1"),
    )
    assert (status.json["state"], status.json["stage"]) == ("waiting", "consent")
    [stage] = status.json["stages"]
    assert (stage["name"], stage["state"], stage["attempt"], stage["steps"]) == ("consent", "waiting", 1, 0)
    assert stage["nodes"] == ["consent"]
    assert status.json["note"] == "no worker answers; shown is what the server and the checkpointer know"
    assert [task["title"] for task in status.json["tasks"]] == ["Operate on Ada?"]
    assert [info["state"] for info in found.json] == ["waiting"]
    assert new_id in {task["workflow_id"] for task in inbox.json}
    assert [task["task_id"] for task in tasks.json] == ["consent-1"]
    assert "no worker answers" in tasks.err
    assert "no worker answered in time" in decided.refused()
    assert "Send it again with --decision-id late: it counts once" in decided.err

    with orchestrator.serving("worker", "--task-queue", queue):
        again = orchestrator("decide", new_id, "--action", "reject", "--decision-id", "late", "--json")
        if again.status != 0:  # the first one did arrive, and the workflow has ended
            assert "has ended" in again.refused()
        orchestrator.until(new_id, "completed")


def test_that_an_operator_has_parked_a_stage_is_shown(orchestrator: CommandLine, new_id: str) -> None:
    queue = f"ward-{uuid4().hex[:8]}"
    with orchestrator.serving("worker", "--task-queue", queue):
        orchestrator.begin("consent", new_id, {"name": "Ada"}, until="waiting", task_queue=queue)
        assert orchestrator("park", new_id, "--by", "op", "--reason", "wrong name").status == 0
    status = orchestrator("status", new_id, "--json")
    [stage] = status.json["stages"]
    assert (stage["state"], stage["error"]) == ("parked", "ParkedByOperator: wrong name (by op)")


def test_where_no_worker_ever_was_nothing_is_waited_for(orchestrator: CommandLine, new_id: str) -> None:
    queue = f"nowhere-{uuid4().hex[:8]}"
    started = orchestrator("start", "double", "--id", new_id, "--task-queue", queue, "--input", '{"dose": 1}')
    assert f"No worker polls task queue '{queue}' yet" in started.err
    status, decided, paused = orchestrator.each(
        ("status", new_id, "--json"), ("decide", new_id, "--action", "approve"), ("pause", new_id)
    )
    assert status.json["state"] == "running"
    note = f"no worker polls task queue {queue}; shown is what the server and the checkpointer know"
    assert (status.json["note"], status.json["stages"]) == (note, [])
    assert "Nothing was sent" in decided.refused()
    assert paused.status == 0


def test_why_a_stage_is_parked_and_at_which_node_is_shown(orchestrator: CommandLine, new_id: str) -> None:
    queue = f"ward-{uuid4().hex[:8]}"
    with orchestrator.serving("worker", "--task-queue", queue):
        orchestrator.begin("scan", new_id, {}, until="parked", task_queue=queue)
        orchestrator.begin("urgent", f"{new_id}-late", {}, until="parked", task_queue=queue)
    status, shown, forked, late = orchestrator.each(
        ("status", new_id, "--json"),
        ("status", new_id),
        ("fork", new_id, "--id", f"{new_id}-again"),
        ("status", f"{new_id}-late", "--json"),
    )
    [stage] = status.json["stages"]
    assert (stage["state"], stage["nodes"]) == ("parked", ["scan"])
    assert stage["error"].startswith(
        "UserCodeError: Graph 'scan', node 'scan' has a bug: TypeError: the scanner is broken"
    )
    assert "the scanner is broken" in shown.out
    assert forked.out.startswith(f"started {new_id}-again, forked from stage scan of {new_id}")
    assert [(stage["state"], stage["nodes"]) for stage in late.json["stages"]] == [("parked", ["urgently"])]
