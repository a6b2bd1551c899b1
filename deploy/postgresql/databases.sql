-- Runs once, as the superuser, when the volume is empty: the official image runs what lies in docker-entrypoint-initdb.d.
-- A role for each of the two programs, so that neither can read the other's database.
-- The passwords come from the environment; Compose starts nothing while one is missing.

\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv orchestrator_password ORCHESTRATOR_DB_PASSWORD

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE ROLE orchestrator LOGIN PASSWORD :'orchestrator_password';

CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
CREATE DATABASE orchestrator OWNER orchestrator;

-- PostgreSQL lets every role connect to every database unless told otherwise.
REVOKE CONNECT, TEMPORARY ON DATABASE temporal, temporal_visibility, orchestrator, postgres FROM PUBLIC;
