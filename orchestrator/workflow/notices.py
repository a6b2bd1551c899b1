"""What people are told of: one activity per event and channel, for which nothing else waits."""

import asyncio
from datetime import timedelta
from typing import Any

from pydantic_core import to_json
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from orchestrator import names
from orchestrator.calls import ChannelInfo, Notice, NoticeEvent, Told
from orchestrator.markdown import one_line
from orchestrator.wire import Task
from orchestrator.workflow.audit import Audit
from orchestrator.workflow.timing import done_within

ATTEMPT_TIMEOUT = timedelta(minutes=2)
KEEP_TRYING = timedelta(days=3)
RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=30)
)
GRACE = timedelta(minutes=1)
"""How long a workflow that is done waits for notices under way."""
SHOWN_PAYLOAD_BYTES = 4096
"""A larger payload stays out of notices: each would put it into the history again."""
CALLS_FOR_ACTION = frozenset({"opened", "assigned", "reminded", "escalated", "overdue"})
"""What nobody needs to hear once the task is closed."""


class Notifier:
    """The notices of one workflow."""

    def __init__(self, audit: Audit) -> None:
        self.channels: list[ChannelInfo] = []
        self._audit = audit
        self._told = 0
        self._sending: dict[str, tuple[Notice, asyncio.Task[None]]] = {}

    def carried(self) -> tuple[list[Notice], int]:
        """What the next run needs: what is under way, to be sent again under the same keys, and the count."""
        return [notice for notice, _ in self._sending.values()], self._told

    def restore(self, notices: list[Notice], told: int) -> None:
        """Go on from where the run before stopped."""
        self._told = told
        for notice in notices:
            self._sending[notice.key] = (notice, asyncio.create_task(self._send(notice)))

    def tell(
        self,
        event: NoticeEvent,
        *,
        to: list[str],
        task: Task | None = None,
        stage: str | None = None,
        detail: Any = None,
    ) -> None:
        """Send a notice through every channel that takes its event."""
        self._told += 1
        info = workflow.info()
        for channel in self.channels:
            if event not in channel.events:
                continue
            notice = Notice(
                key=f"{info.workflow_id}/{names.short(info.original_execution_run_id)}/{self._told}/{channel.name}",
                channel=channel.name,
                event=event,
                workflow_id=info.workflow_id,
                workflow_type=info.workflow_type,
                to=to,
                task=_light(task),
                stage=stage,
                detail=detail,
            )
            self._sending[notice.key] = (notice, asyncio.create_task(self._send(notice)))

    def forget(self, task_id: str) -> None:
        """Stop what still calls for action on a task that is closed."""
        for notice, sending in self._sending.values():
            if notice.task is not None and notice.task.task_id == task_id and notice.event in CALLS_FOR_ACTION:
                sending.cancel()

    async def finish(self) -> None:
        """Wait for what is under way, but not for a mail server that is down."""
        if self._sending:
            everything = asyncio.gather(*(sending for _, sending in self._sending.values()), return_exceptions=True)
            await done_within(everything, GRACE, "notices under way")

    async def _send(self, notice: Notice) -> None:
        about = notice.task.title if notice.task else notice.stage or notice.workflow_id
        try:
            told: Told = await workflow.execute_activity(
                names.NOTIFY,
                notice,
                result_type=Told,
                start_to_close_timeout=ATTEMPT_TIMEOUT,
                schedule_to_close_timeout=KEEP_TRYING,
                retry_policy=RETRIES,
                summary=one_line(f"{notice.channel}, {notice.event}: {about}"),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                return
            cause = error.cause
            why = cause.message if isinstance(cause, ApplicationError) else str(cause or error)
            self._missed(notice, why)
        else:
            if told.refused:
                self._missed(notice, "; ".join(told.refused))
        finally:
            self._sending.pop(notice.key, None)

    def _missed(self, notice: Notice, why: str) -> None:
        task_id = notice.task.task_id if notice.task else None
        detail = {"channel": notice.channel, "event": notice.event, "reason": why}
        self._audit.record("not notified", task_id=task_id, detail=detail)


def _light(task: Task | None) -> Task | None:
    if task is None or len(to_json(task.payload)) <= SHOWN_PAYLOAD_BYTES:
        return task
    return task.model_copy(update={"payload": None})
