"""The reference application's Temporal workflows. Deterministic and light; they call activities by name."""
