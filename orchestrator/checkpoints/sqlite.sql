-- The one writer of each thread: run, turn and attempt as Temporal orders them (see store.Token).
CREATE TABLE IF NOT EXISTS orchestrator_leases (
    thread_id TEXT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    attempt INTEGER NOT NULL
);
