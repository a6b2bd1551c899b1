from uuid import uuid4

from tests.cli.running import CommandLine


def test_what_a_dead_worker_did_is_told_to_the_last_checkpoint(orchestrator: CommandLine, new_id: str) -> None:
    queue = f"ward-{uuid4().hex[:8]}"
    with orchestrator.serving("worker", "--task-queue", queue):
        orchestrator.begin("consent", new_id, {"name": "Ada"}, until="waiting", task_queue=queue)
    told, drawn = orchestrator.each(("history", new_id), ("graph", "show", new_id))
    assert "step 0  loop, then consent asked" in told.out
    assert "turn 1 waits for task 'Operate on Ada?'" in told.out
    assert told.err == ""
    assert "stage consent: waiting" in drawn.out
    assert "consent  waiting" in drawn.out
