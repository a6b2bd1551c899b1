-- name: create_tables
-- The one writer of each thread: run, turn and attempt as Temporal orders them (see store.Token).
CREATE TABLE IF NOT EXISTS orchestrator_leases (
    thread_id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    attempt INTEGER NOT NULL
);

-- First statement of every write's transaction. FOR SHARE makes a later attempt's acquire wait for this write, and
-- makes this write see an acquire that came first; a plain SELECT loses that race.
CREATE OR REPLACE FUNCTION orchestrator_check_lease(thread TEXT, run TEXT, its_turn INTEGER, its_attempt INTEGER)
RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM orchestrator_leases
    WHERE thread_id = thread AND run_id = run AND turn = its_turn AND attempt = its_attempt
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of thread % is held by a later attempt', thread USING ERRCODE = 'ORL01';
    END IF;
END
$$;

-- What is too large for Temporal's history.
CREATE TABLE IF NOT EXISTS orchestrator_values (
    key TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- name: put_value
INSERT INTO orchestrator_values (key, value) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: get_value
SELECT value FROM orchestrator_values WHERE key = %s

-- name: try_setup_lock
SELECT pg_try_advisory_lock(%s) AS value

-- name: setup_unlock
SELECT pg_advisory_unlock(%s)

-- name: check_lease
SELECT orchestrator_check_lease(%s, %s, %s, %s)

-- name: take
-- Take a thread that is free, is this run's (or the one's it continues), and is held by no later token.
INSERT INTO orchestrator_leases AS held (thread_id, run_id, turn, attempt)
VALUES (%(thread)s, %(run)s, %(turn)s, %(attempt)s)
ON CONFLICT (thread_id) DO UPDATE
SET run_id = excluded.run_id, turn = excluded.turn, attempt = excluded.attempt
WHERE held.run_id = %(continued_from)s
   OR (held.run_id = excluded.run_id AND (held.turn, held.attempt) <= (excluded.turn, excluded.attempt))
RETURNING 1 AS value

-- name: holder
-- The run that may write to a thread; locked, so that two attempts branch one after the other.
SELECT run_id AS value FROM orchestrator_leases WHERE thread_id = %s FOR UPDATE

-- name: asked
-- Every interrupt recorded in a thread. LangGraph keeps a task's latest in one slot.
SELECT checkpoint_ns, task_id, task_path, type, blob FROM checkpoint_writes
WHERE thread_id = %s AND channel = '__interrupt__'

-- name: answers
-- The answers that a task holds, as one list.
SELECT type, blob FROM checkpoint_writes
WHERE thread_id = %s AND checkpoint_ns = %s AND task_id = %s AND channel = '__resume__'

-- name: latest
-- LangGraph's checkpoint ids sort by time.
SELECT max(checkpoint_id) AS value FROM checkpoints WHERE thread_id = %s

-- name: branch_checkpoints
-- Copy a thread up to a checkpoint.
INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
SELECT %(new)s, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
FROM checkpoints WHERE thread_id = %(old)s AND checkpoint_id <= %(upto)s

-- name: branch_writes
INSERT INTO checkpoint_writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
SELECT %(new)s, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob
FROM checkpoint_writes WHERE thread_id = %(old)s AND checkpoint_id <= %(upto)s

-- name: branch_blobs
-- Later versions of a channel are copied as well; nothing refers to them.
INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
SELECT %(new)s, checkpoint_ns, channel, version, type, blob
FROM checkpoint_blobs WHERE thread_id = %(old)s

-- name: forget_writes
-- All that a task did but its answers.
DELETE FROM checkpoint_writes
WHERE thread_id = %s AND checkpoint_ns = %s AND task_id = %s AND channel <> '__resume__'

-- name: forget_step
-- All that the tasks after a checkpoint did.
DELETE FROM checkpoint_writes WHERE thread_id = %s AND checkpoint_id = %s

-- name: forget_answers
DELETE FROM checkpoint_writes
WHERE thread_id = %s AND checkpoint_ns = %s AND task_id = %s AND channel = '__resume__'

-- name: keep_answers
UPDATE checkpoint_writes SET type = %s, blob = %s
WHERE thread_id = %s AND checkpoint_ns = %s AND task_id = %s AND channel = '__resume__'
