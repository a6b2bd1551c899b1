-- name: create_leases
-- The one writer of each thread: run, turn and attempt as Temporal orders them (see store.Token).
CREATE TABLE IF NOT EXISTS orchestrator_leases (
    thread_id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    attempt INTEGER NOT NULL
);

-- name: create_values
-- What is too large for Temporal's history.
CREATE TABLE IF NOT EXISTS orchestrator_values (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

-- name: put_value
INSERT INTO orchestrator_values (key, value) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: get_value
SELECT value FROM orchestrator_values WHERE key = ?;

-- name: holder
-- Who may write to a thread.
SELECT run_id, turn, attempt FROM orchestrator_leases WHERE thread_id = ?;

-- name: take
-- Take a thread; the caller has checked in this transaction that it may.
INSERT INTO orchestrator_leases (thread_id, run_id, turn, attempt) VALUES (?, ?, ?, ?)
ON CONFLICT (thread_id) DO UPDATE
SET run_id = excluded.run_id, turn = excluded.turn, attempt = excluded.attempt;

-- name: asked
-- Every interrupt recorded in a thread. LangGraph keeps a task's latest in one slot.
SELECT checkpoint_ns, task_id, task_path, type, value FROM writes
WHERE thread_id = ? AND channel = '__interrupt__';

-- name: answers
-- The answers that a task holds, as one list.
SELECT type, value FROM writes
WHERE thread_id = ? AND checkpoint_ns = ? AND task_id = ? AND channel = '__resume__';

-- name: latest
-- LangGraph's checkpoint ids sort by time.
SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?;

-- name: branch_checkpoints
-- Copy a thread up to a checkpoint.
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
SELECT :new, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
FROM checkpoints WHERE thread_id = :old AND checkpoint_id <= :upto;

-- name: branch_writes
INSERT INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value)
SELECT :new, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value
FROM writes WHERE thread_id = :old AND checkpoint_id <= :upto;

-- name: forget_writes
-- All that a task did but its answers.
DELETE FROM writes
WHERE thread_id = ? AND checkpoint_ns = ? AND task_id = ? AND channel <> '__resume__';

-- name: forget_step
-- All that the tasks after a checkpoint did.
DELETE FROM writes WHERE thread_id = ? AND checkpoint_id = ?;

-- name: forget_answers
DELETE FROM writes
WHERE thread_id = ? AND checkpoint_ns = ? AND task_id = ? AND channel = '__resume__';

-- name: keep_answers
UPDATE writes SET type = ?, value = ?
WHERE thread_id = ? AND checkpoint_ns = ? AND task_id = ? AND channel = '__resume__';
