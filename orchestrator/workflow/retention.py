"""The workflow that a schedule starts to delete what has been kept long enough."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from orchestrator import names

WITHIN = timedelta(hours=12)
SILENT = timedelta(minutes=2)
"""How long a page may take."""
RETRIES = RetryPolicy(maximum_interval=timedelta(minutes=5), maximum_attempts=20)


@workflow.defn(name=names.RETENTION)
class Retention:
    """One activity: it asks Temporal about each workflow, and tells how far it is by its heartbeat."""

    @workflow.run
    async def run(self, wanted: dict[str, Any] | None = None) -> dict[str, Any]:
        """What went and what stays; see `orchestrator.retention.Wanted` and `Report`."""
        report: dict[str, Any] = await workflow.execute_activity(
            names.RETENTION,
            wanted or {},
            result_type=dict,
            start_to_close_timeout=WITHIN,
            heartbeat_timeout=SILENT,
            retry_policy=RETRIES,
        )
        return report
