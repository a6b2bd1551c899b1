-- name: put_value
INSERT INTO orchestrator_values (key, value) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: get_value
SELECT value FROM orchestrator_values WHERE key = ?;

-- name: holder
-- Who may write to a thread.
SELECT run_id, turn, attempt FROM orchestrator_leases WHERE thread_id = ?;

-- name: holding
-- How many of these leases hold.
WITH wanted (thread_id, run_id, turn, attempt) AS (VALUES {rows})
SELECT count(*) FROM wanted CROSS JOIN orchestrator_leases AS held USING (thread_id)
WHERE (held.run_id, held.turn, held.attempt) = (wanted.run_id, wanted.turn, wanted.attempt);

-- name: put_checkpoint
-- All rows in one statement: it takes Python's lock once, and one for each row would wait for a busy event loop each time.
INSERT OR REPLACE INTO checkpoints
    (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
VALUES {rows};

-- name: insert_write
-- What tasks did: kept as it was written first.
INSERT OR IGNORE INTO writes
    (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value)
VALUES {rows};

-- name: upsert_write
-- Their errors, questions and answers: the latest counts.
INSERT OR REPLACE INTO writes
    (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value)
VALUES {rows};

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

-- name: saved
-- A thread's checkpoints without their state; of a blob, only its length is read.
SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, metadata, length(checkpoint)
FROM checkpoints WHERE thread_id = ?;

-- name: saved_writes
-- Which tasks have left what. A Send is read whole, because it names the node that it leads to.
SELECT checkpoint_ns, checkpoint_id, task_id, task_path, channel, CASE channel WHEN '__pregel_tasks' THEN value END
FROM writes WHERE thread_id = ? ORDER BY task_path, task_id, idx;

-- name: branch_checkpoints
-- Copy a thread (2) to another (1), up to a checkpoint (3); a row for each.
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
SELECT ?1, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
FROM checkpoints WHERE thread_id = ?2 AND checkpoint_id <= ?3
RETURNING 1;

-- name: branch_writes
INSERT INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value)
SELECT ?1, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value
FROM writes WHERE thread_id = ?2 AND checkpoint_id <= ?3;

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

-- name: claimed
-- With what a run began.
SELECT base_thread, base_checkpoint FROM orchestrator_continued WHERE root = ?;

-- name: claim_again
UPDATE orchestrator_continued SET run_id = ? WHERE root = ?;

-- name: last_claim
SELECT seq, root, workflow_id, base_thread, base_checkpoint, left_thread, left_checkpoint
FROM orchestrator_continued WHERE name = ? ORDER BY seq DESC LIMIT 1;

-- name: claim
INSERT INTO orchestrator_continued (name, seq, root, workflow_id, run_id, base_thread, base_checkpoint)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: leave
-- Only the run that claimed last: what a reset run still does changes nothing.
UPDATE orchestrator_continued SET left_thread = ?, left_checkpoint = ? WHERE root = ? AND run_id = ?;

-- name: prune_writes
DELETE FROM writes WHERE thread_id = ? AND NOT EXISTS (
    SELECT 1 FROM checkpoints AS kept
    WHERE kept.thread_id = writes.thread_id AND kept.checkpoint_ns = writes.checkpoint_ns
      AND kept.checkpoint_id = writes.checkpoint_id
);

-- name: prune_checkpoint
DELETE FROM checkpoints WHERE (thread_id, checkpoint_ns, checkpoint_id) = (?, ?, ?);

-- name: lock_name
-- The transaction has the whole file already.
SELECT ?;

-- name: after
SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, coalesce(CAST(metadata AS TEXT), '{}')
FROM checkpoints WHERE thread_id = ? AND checkpoint_id > ?;

-- name: leased_threads
-- The threads of stages, a page at a time.
SELECT thread_id, run_id, turn, attempt FROM orchestrator_leases WHERE thread_id > ? ORDER BY thread_id LIMIT ?;

-- name: threads_of
SELECT thread_id FROM orchestrator_leases WHERE thread_id >= ? AND thread_id < ?;

-- name: thread_head
-- When a thread was last written to, and the graph that did.
SELECT checkpoint_id, CASE WHEN json_valid(CAST(metadata AS TEXT)) THEN json_extract(CAST(metadata AS TEXT), '$.orch_graph') END FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT 1;

-- name: thread_size
SELECT count(*), coalesce(sum(length(checkpoint) + length(metadata)), 0) + (
    SELECT coalesce(sum(length(value)), 0) FROM writes WHERE thread_id = ?
) FROM checkpoints WHERE thread_id = ?;

-- name: unlease
-- First, so that whoever holds the thread by now keeps it, and nobody writes to it any more.
DELETE FROM orchestrator_leases WHERE thread_id = ? AND run_id = ? AND turn = ? AND attempt = ? RETURNING 1;

-- name: drop_checkpoints
DELETE FROM checkpoints WHERE thread_id = ?;

-- name: drop_writes
DELETE FROM writes WHERE thread_id = ?;

-- name: drop_claim
-- The last claim of a name says where its next run begins.
DELETE FROM orchestrator_continued WHERE root = ? AND seq < (
    SELECT max(last.seq) FROM orchestrator_continued AS last WHERE last.name = orchestrator_continued.name
);

-- name: continued_threads
-- What the next run of each name begins with, and what the last one began with.
SELECT left_thread, base_thread, root FROM orchestrator_continued AS last
WHERE seq = (SELECT max(seq) FROM orchestrator_continued WHERE name = last.name);

-- name: value_page
SELECT key, length(value), created_at FROM orchestrator_values WHERE key > ? ORDER BY key LIMIT ?;

-- name: values_of
SELECT key FROM orchestrator_values WHERE key >= ? AND key < ?;

-- name: drop_value
DELETE FROM orchestrator_values WHERE key = ?;

-- name: hold
INSERT INTO orchestrator_holds (workflow_id, held_by, reason, at) VALUES (?, ?, ?, ?)
ON CONFLICT (workflow_id) DO UPDATE SET held_by = excluded.held_by, reason = excluded.reason, at = excluded.at;

-- name: release
DELETE FROM orchestrator_holds WHERE workflow_id = ? RETURNING 1;

-- name: holds
SELECT workflow_id, held_by, reason, at FROM orchestrator_holds ORDER BY workflow_id;

-- name: held
SELECT 1 FROM orchestrator_holds WHERE workflow_id = ?;

-- name: drop_blobs
-- Here a checkpoint holds its channels' values itself.
SELECT ?;

-- name: copied_checkpoints
-- Of a thread that was just copied: what is encrypted for the original's rows.
SELECT checkpoint_ns, checkpoint_id FROM checkpoints WHERE thread_id = ?;

-- name: copied_checkpoint
SELECT type, checkpoint, CAST(metadata AS TEXT) FROM checkpoints
WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?;

-- name: reseal_checkpoint
UPDATE checkpoints SET checkpoint = ?, metadata = CAST(? AS BLOB)
WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?;

-- name: copied_blobs
-- Here a checkpoint holds its channels' values itself.
SELECT ? WHERE false;

-- name: copied_writes
SELECT checkpoint_ns, checkpoint_id, task_id, idx FROM writes WHERE thread_id = ?;

-- name: copied_write
SELECT channel, value FROM writes
WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ? AND task_id = ? AND idx = ?;

-- name: reseal_write
UPDATE writes SET value = ?
WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ? AND task_id = ? AND idx = ?;
