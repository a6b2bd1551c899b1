"""Traces, metrics and the ids in log records. Off by default; `docs/telemetry.md` says how to turn each of them on."""
