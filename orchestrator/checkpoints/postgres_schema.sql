-- name: create
-- A row for each migration that was done. `oldest`: releases made for an older version no longer work.
CREATE TABLE IF NOT EXISTS orchestrator_schema (
    version INTEGER NOT NULL PRIMARY KEY,
    oldest INTEGER NOT NULL,
    release TEXT NOT NULL,
    done_at TIMESTAMPTZ NOT NULL DEFAULT now()
)

-- name: tables
-- Which are there, as an unqualified name finds them. A migration that has begun and not ended is not there.
SELECT to_regclass('orchestrator_schema') IS NOT NULL, to_regclass('orchestrator_leases') IS NOT NULL,
       to_regclass('checkpoint_migrations') IS NOT NULL, to_regclass('store_migrations') IS NOT NULL

-- name: version
SELECT coalesce(max(version), 0), coalesce(max(oldest), 1) FROM orchestrator_schema

-- name: checkpoint_migrations
SELECT coalesce(max(v), -1) FROM checkpoint_migrations

-- name: store_migrations
SELECT coalesce(max(v), -1) FROM store_migrations

-- name: done
INSERT INTO orchestrator_schema (version, oldest, release) VALUES (%s, %s, %s)
ON CONFLICT (version) DO UPDATE SET oldest = excluded.oldest, release = excluded.release, done_at = now()

-- name: lock_timeout
SET LOCAL lock_timeout = '1s'

-- name: invalid_index
SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid

-- name: begin_turn
-- A statement of its own, so that no snapshot is held meanwhile: CREATE INDEX CONCURRENTLY waits for those.
SET TRANSACTION ISOLATION LEVEL READ COMMITTED

-- name: take_turn
-- For as long as the transaction lasts, so that it works through a pooler which gives away connections in between.
SELECT pg_try_advisory_xact_lock(%s) 

-- name: keep_turn
SET LOCAL idle_in_transaction_session_timeout = 0
