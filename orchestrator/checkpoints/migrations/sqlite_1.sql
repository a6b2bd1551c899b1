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

-- step: values
-- What is too large for Temporal's history.
CREATE TABLE IF NOT EXISTS orchestrator_values (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)

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
