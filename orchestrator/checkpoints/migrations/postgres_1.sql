-- What the first release has. Also run on a database from before there were versions: every step may be repeated, and
-- leaves what is there as it is.
-- oldest: 1

-- step: leases
-- The one writer of each thread: run, turn and attempt as Temporal orders them (see store.Token).
CREATE TABLE IF NOT EXISTS orchestrator_leases (
    thread_id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    attempt INTEGER NOT NULL
)

-- step: check_lease
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
$$

-- step: task_rows
-- What tasks did, of a batch of orchestrator_write: `kind` has for each row the number of its task, its own number, its
-- channel and its type; `given` has the values.
CREATE OR REPLACE FUNCTION orchestrator_task_rows(batch JSONB, kind TEXT, given BYTEA[])
RETURNS TABLE (
    thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, task_id TEXT, task_path TEXT, idx INTEGER, channel TEXT,
    type TEXT, blob BYTEA
) LANGUAGE sql STABLE AS $$
    SELECT task.thread_id, task.checkpoint_ns, task.checkpoint_id, task.task_id, task.task_path,
           (part.row ->> 1)::INTEGER, part.row ->> 2, part.row ->> 3, part.value
    FROM ROWS FROM (jsonb_array_elements(batch -> kind), unnest(given)) AS part (row, value)
    JOIN ROWS FROM (
        jsonb_to_recordset(batch -> 'tasks')
            AS (thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, task_id TEXT, task_path TEXT)
    ) WITH ORDINALITY AS task (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, number)
      ON task.number = (part.row ->> 0)::INTEGER + 1
$$

-- step: write
-- What savers write: one call is one transaction and one round trip, and holds no lock while a client sleeps. `batch` has
-- the rows as JSON; the arrays have their values, in the same order. A writer that serves several threads is not
-- patient: whoever holds the lease of one of them would make all the others wait.
CREATE OR REPLACE FUNCTION orchestrator_write(
    batch JSONB, blob_values BYTEA[], insert_values BYTEA[], upsert_values BYTEA[], patient BOOLEAN
) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    lease JSONB;
BEGIN
    FOR lease IN SELECT * FROM jsonb_array_elements(batch -> 'leases') LOOP
        IF NOT patient THEN
            PERFORM 1 FROM orchestrator_leases WHERE thread_id = lease ->> 0 FOR SHARE NOWAIT;
        END IF;
        PERFORM orchestrator_check_lease(lease ->> 0, lease ->> 1, (lease ->> 2)::INTEGER, (lease ->> 3)::INTEGER);
    END LOOP;

    IF cardinality(blob_values) > 0 THEN
        INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset(batch -> 'blobs')
                AS (thread_id TEXT, checkpoint_ns TEXT, channel TEXT, version TEXT, type TEXT),
            unnest(blob_values)
        ) AS given
        ON CONFLICT (thread_id, checkpoint_ns, channel, version) DO NOTHING;
    END IF;

    IF cardinality(insert_values) > 0 THEN
        INSERT INTO checkpoint_writes
            (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
        SELECT * FROM orchestrator_task_rows(batch, 'inserts', insert_values)
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx) DO NOTHING;
    END IF;

    IF cardinality(upsert_values) > 0 THEN
        INSERT INTO checkpoint_writes
            (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
        SELECT * FROM orchestrator_task_rows(batch, 'upserts', upsert_values)
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
        DO UPDATE SET channel = excluded.channel, type = excluded.type, blob = excluded.blob;
    END IF;

    IF jsonb_array_length(batch -> 'checkpoints') > 0 THEN
        INSERT INTO checkpoints
            (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
        SELECT * FROM jsonb_to_recordset(batch -> 'checkpoints') AS given (
            thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, parent_checkpoint_id TEXT, checkpoint JSONB,
            metadata JSONB
        )
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
        DO UPDATE SET checkpoint = excluded.checkpoint, metadata = excluded.metadata;
    END IF;
END
$$

-- step: prune
-- Delete these checkpoints, and then all that nothing refers to, if the lease of their thread holds: one transaction, and
-- one round trip.
CREATE OR REPLACE FUNCTION orchestrator_prune(
    thread TEXT, run TEXT, its_turn INTEGER, its_attempt INTEGER, namespaces TEXT[], ids TEXT[]
) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM orchestrator_check_lease(thread, run, its_turn, its_attempt);
    IF cardinality(ids) = 0 THEN
        RETURN;
    END IF;

    DELETE FROM checkpoints USING unnest(namespaces, ids) AS goes (ns, id)
    WHERE thread_id = thread AND checkpoint_ns = goes.ns AND checkpoint_id = goes.id;

    DELETE FROM checkpoint_writes WHERE thread_id = thread AND NOT EXISTS (
        SELECT 1 FROM checkpoints AS kept
        WHERE kept.thread_id = thread AND kept.checkpoint_ns = checkpoint_writes.checkpoint_ns
          AND kept.checkpoint_id = checkpoint_writes.checkpoint_id
    );

    DELETE FROM checkpoint_blobs AS blob WHERE thread_id = thread AND NOT EXISTS (
        SELECT 1 FROM checkpoints AS kept CROSS JOIN LATERAL jsonb_each_text(kept.checkpoint -> 'channel_versions') AS held
        WHERE kept.thread_id = thread AND kept.checkpoint_ns = blob.checkpoint_ns
          AND held.key = blob.channel AND held.value = blob.version
    );
END
$$

-- step: values
-- What is too large for Temporal's history.
CREATE TABLE IF NOT EXISTS orchestrator_values (
    key TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
)

-- step: values_by_beginning
-- By their beginnings, whatever the database's collation.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orchestrator_values_key ON orchestrator_values (key text_pattern_ops)

-- step: leases_by_beginning
CREATE INDEX CONCURRENTLY IF NOT EXISTS orchestrator_leases_thread ON orchestrator_leases (thread_id text_pattern_ops)

-- step: continued
-- The runs that went on with a continued thread one after the other (see continued.py).
CREATE TABLE IF NOT EXISTS orchestrator_continued (
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,
    root TEXT NOT NULL UNIQUE,
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    base_thread TEXT,
    base_checkpoint TEXT,
    left_thread TEXT,
    left_checkpoint TEXT,
    PRIMARY KEY (name, seq)
)

-- step: holds
-- What must be kept, whatever the retention says.
CREATE TABLE IF NOT EXISTS orchestrator_holds (
    workflow_id TEXT NOT NULL PRIMARY KEY,
    held_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
)
