-- name: create
-- A row for each migration that was done. `oldest`: releases made for an older version no longer work.
CREATE TABLE IF NOT EXISTS orchestrator_schema (
    version INTEGER NOT NULL PRIMARY KEY,
    oldest INTEGER NOT NULL,
    release TEXT NOT NULL,
    done_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

-- name: exists
SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?;

-- name: version
SELECT coalesce(max(version), 0), coalesce(max(oldest), 1) FROM orchestrator_schema;

-- name: done
INSERT OR REPLACE INTO orchestrator_schema (version, oldest, release) VALUES (?, ?, ?);
