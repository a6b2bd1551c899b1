-- name: put_value
INSERT INTO orchestrator_values (key, value) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: get_value
SELECT value FROM orchestrator_values WHERE key = %s

-- name: check_lease
SELECT orchestrator_check_lease(%s, %s, %s, %s)

-- name: one_snapshot
-- LangGraph's pruning wants all its statements to see the same rows, so the transaction around it has to be like that.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ

-- name: write
-- See orchestrator_write in migrations/.
SELECT orchestrator_write(%(batch)s, %(blobs)b, %(inserts)b, %(upserts)b, %(patient)s)

-- name: prune
-- See orchestrator_prune in migrations/.
SELECT orchestrator_prune(%(thread)s, %(run)s, %(turn)s, %(attempt)s, %(namespaces)s::text[], %(ids)s::text[])

-- name: after
SELECT checkpoint_ns AS namespace, checkpoint_id, parent_checkpoint_id AS parent_id, metadata
FROM checkpoints WHERE thread_id = %(thread)s AND checkpoint_id > %(base)s

-- name: take
-- Take a thread that is free, is this run's (or the one's it continues), and is held by no later token.
INSERT INTO orchestrator_leases AS held (thread_id, run_id, turn, attempt)
VALUES (%(thread)s, %(run)s, %(turn)s, %(attempt)s)
ON CONFLICT (thread_id) DO UPDATE
SET run_id = excluded.run_id, turn = excluded.turn, attempt = excluded.attempt
WHERE held.run_id = %(continued_from)s
   OR (held.run_id = excluded.run_id AND (held.turn, held.attempt) <= (excluded.turn, excluded.attempt))
RETURNING 1 AS value

-- name: take_new
-- Take a thread that is nobody's yet. Of two attempts that branch it at once the second waits here for the first.
INSERT INTO orchestrator_leases (thread_id, run_id, turn, attempt)
VALUES (%(thread)s, %(run)s, %(turn)s, %(attempt)s)
ON CONFLICT (thread_id) DO NOTHING
RETURNING 1 AS value

-- name: holder
-- The run that may write to a thread.
SELECT run_id AS value FROM orchestrator_leases WHERE thread_id = %s

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

-- name: saved
-- A thread's checkpoints without their state; of a blob, only its length is read.
SELECT checkpoint_ns AS namespace, checkpoint_id, parent_checkpoint_id AS parent_id, metadata,
       octet_length(checkpoint::text) + (
           SELECT coalesce(sum(octet_length(blob.blob)), 0)::bigint
           FROM jsonb_each_text(checkpoint -> 'channel_versions') AS held
           JOIN checkpoint_blobs AS blob
             ON (blob.thread_id, blob.checkpoint_ns, blob.channel, blob.version)
              = (checkpoints.thread_id, checkpoints.checkpoint_ns, held.key, held.value)
       ) AS size_bytes
FROM checkpoints WHERE thread_id = %s

-- name: saved_writes
-- Which tasks have left what. A Send is read whole, because it names the node that it leads to.
SELECT checkpoint_ns AS namespace, checkpoint_id, task_id, task_path AS path, channel,
       CASE channel WHEN '__pregel_tasks' THEN blob END AS sent
FROM checkpoint_writes WHERE thread_id = %s ORDER BY task_path COLLATE "C", task_id, idx

-- name: branch
-- Copy a thread to another, up to a checkpoint; a row for each. All in one statement, which sees one moment: whoever prunes
-- or deletes the original does so before or after. Later versions of a channel are copied too; nothing refers to them.
WITH span (new, old, upto) AS (SELECT %s::text, %s::text, %s::text), copied AS (
    INSERT INTO checkpoints
        (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
    SELECT (SELECT new FROM span), checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
    FROM checkpoints WHERE thread_id = (SELECT old FROM span) AND checkpoint_id <= (SELECT upto FROM span)
    RETURNING 1
), writes AS (
    INSERT INTO checkpoint_writes
        (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
    SELECT (SELECT new FROM span), checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob
    FROM checkpoint_writes WHERE thread_id = (SELECT old FROM span) AND checkpoint_id <= (SELECT upto FROM span)
), blobs AS (
    INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
    SELECT (SELECT new FROM span), checkpoint_ns, channel, version, type, blob
    FROM checkpoint_blobs WHERE thread_id = (SELECT old FROM span)
)
SELECT 1 FROM copied

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

-- name: claimed
-- With what a run began.
SELECT base_thread, base_checkpoint FROM orchestrator_continued WHERE root = %s

-- name: claim_again
UPDATE orchestrator_continued SET run_id = %s WHERE root = %s

-- name: last_claim
SELECT seq, root, workflow_id, base_thread, base_checkpoint, left_thread, left_checkpoint
FROM orchestrator_continued WHERE name = %s ORDER BY seq DESC LIMIT 1

-- name: claim
INSERT INTO orchestrator_continued (name, seq, root, workflow_id, run_id, base_thread, base_checkpoint)
VALUES (%s, %s, %s, %s, %s, %s, %s)

-- name: leave
-- Only the run that claimed last: what a reset run still does changes nothing.
UPDATE orchestrator_continued SET left_thread = %s, left_checkpoint = %s WHERE root = %s AND run_id = %s

-- name: lock_name
-- One at a time goes on with a thread.
SELECT pg_advisory_xact_lock(hashtext(%s))

-- name: leased_threads
-- The threads of stages, a page at a time.
SELECT thread_id, run_id, turn, attempt FROM orchestrator_leases WHERE thread_id > %s ORDER BY thread_id LIMIT %s

-- name: threads_of
SELECT thread_id FROM orchestrator_leases WHERE thread_id ~>=~ %s AND thread_id ~<~ %s

-- name: thread_head
-- When a thread was last written to, and the graph that did.
SELECT checkpoint_id, metadata ->> 'orch_graph' FROM checkpoints WHERE thread_id = %s ORDER BY checkpoint_id DESC LIMIT 1

-- name: thread_size
SELECT count(*), coalesce(sum(pg_column_size(checkpoint) + pg_column_size(metadata)), 0)::bigint + (
    SELECT coalesce(sum(pg_column_size(blob)), 0)::bigint FROM checkpoint_writes WHERE thread_id = %s
) + (
    SELECT coalesce(sum(pg_column_size(blob)), 0)::bigint FROM checkpoint_blobs WHERE thread_id = %s
) FROM checkpoints WHERE thread_id = %s

-- name: unlease
-- First, so that whoever holds the thread by now keeps it, and nobody writes to it any more.
DELETE FROM orchestrator_leases WHERE thread_id = %s AND run_id = %s AND turn = %s AND attempt = %s RETURNING 1

-- name: drop_checkpoints
DELETE FROM checkpoints WHERE thread_id = %s

-- name: drop_writes
DELETE FROM checkpoint_writes WHERE thread_id = %s

-- name: drop_claim
-- The last claim of a name says where its next run begins.
DELETE FROM orchestrator_continued WHERE root = %s AND seq < (
    SELECT max(last.seq) FROM orchestrator_continued AS last WHERE last.name = orchestrator_continued.name
)

-- name: continued_threads
-- What the next run of each name begins with, and what the last one began with.
SELECT left_thread, base_thread, root FROM orchestrator_continued AS last
WHERE seq = (SELECT max(seq) FROM orchestrator_continued WHERE name = last.name)

-- name: value_page
SELECT key, length(value), to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM orchestrator_values WHERE key > %s ORDER BY key LIMIT %s

-- name: values_of
SELECT key FROM orchestrator_values WHERE key ~>=~ %s AND key ~<~ %s

-- name: drop_value
DELETE FROM orchestrator_values WHERE key = %s

-- name: hold
INSERT INTO orchestrator_holds (workflow_id, held_by, reason, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (workflow_id) DO UPDATE SET held_by = excluded.held_by, reason = excluded.reason, at = excluded.at

-- name: release
DELETE FROM orchestrator_holds WHERE workflow_id = %s RETURNING 1

-- name: holds
SELECT workflow_id, held_by, reason, at FROM orchestrator_holds ORDER BY workflow_id

-- name: held
SELECT 1 FROM orchestrator_holds WHERE workflow_id = %s

-- name: drop_blobs
DELETE FROM checkpoint_blobs WHERE thread_id = %s

-- name: copied_checkpoints
-- Of a thread that was just copied: what is encrypted for the original's rows.
SELECT checkpoint_ns, checkpoint_id FROM checkpoints WHERE thread_id = %s

-- name: copied_checkpoint
SELECT NULL, checkpoint, metadata FROM checkpoints
WHERE thread_id = %s AND checkpoint_ns = %s AND checkpoint_id = %s

-- name: reseal_checkpoint
UPDATE checkpoints SET checkpoint = %s::jsonb, metadata = %s::jsonb
WHERE thread_id = %s AND checkpoint_ns = %s AND checkpoint_id = %s

-- name: copied_blobs
SELECT checkpoint_ns, channel, version FROM checkpoint_blobs WHERE thread_id = %s

-- name: copied_blob
SELECT blob FROM checkpoint_blobs WHERE thread_id = %s AND checkpoint_ns = %s AND channel = %s AND version = %s

-- name: reseal_blob
UPDATE checkpoint_blobs SET blob = %s WHERE thread_id = %s AND checkpoint_ns = %s AND channel = %s AND version = %s

-- name: copied_writes
SELECT checkpoint_ns, checkpoint_id, task_id, idx FROM checkpoint_writes WHERE thread_id = %s

-- name: copied_write
SELECT channel, blob FROM checkpoint_writes
WHERE thread_id = %s AND checkpoint_ns = %s AND checkpoint_id = %s AND task_id = %s AND idx = %s

-- name: reseal_write
UPDATE checkpoint_writes SET blob = %s
WHERE thread_id = %s AND checkpoint_ns = %s AND checkpoint_id = %s AND task_id = %s AND idx = %s
