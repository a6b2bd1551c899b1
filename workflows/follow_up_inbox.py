"""One look into the mailbox. A Temporal schedule starts it:

orchestrator schedule create follow-up-inbox PollInbox --cron '* * * * *' --workflow --task-queue follow-up
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

POLL_TIMEOUT = timedelta(minutes=5)
HEARTBEAT_TIMEOUT = timedelta(minutes=1)
"""The time for one mail: fetched, delivered and marked."""


@workflow.defn
class PollInbox:
    """Runs the activity `poll_inbox`, with few tries: the next minute brings the next poll."""

    @workflow.run
    async def run(self) -> dict[str, Any]:
        """How many replies were delivered and left."""
        polled: dict[str, Any] = await workflow.execute_activity(
            "poll_inbox",
            start_to_close_timeout=POLL_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=RetryPolicy(maximum_attempts=3),
        )
        return polled
