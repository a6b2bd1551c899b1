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
