"""Notices, and attempts to send them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from orchestrator.activity.notify import notifier
from orchestrator.calls import Notice, Told
from orchestrator.checkpoints.memory import MemoryStore
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.notify import Channel
from orchestrator.wire import Task

CREATED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def task(**fields: Any) -> Task:
    """An open task."""
    known: dict[str, Any] = {
        "task_id": "review-1",
        "workflow_id": "loan-7",
        "title": "Approve this loan?",
        "description": "A house in Springfield.",
        "assignees": ["ann"],
        "created_at": CREATED,
        "due_at": datetime(2026, 3, 7, 9, tzinfo=UTC),
        "stage": "review",
    }
    return Task(**(known | fields))


def notice(channel: str = "email", **fields: Any) -> Notice:
    """A notice that a task was opened."""
    known: dict[str, Any] = {
        "key": f"loan-7/1f/1/{channel}",
        "channel": channel,
        "event": "opened",
        "workflow_id": "loan-7",
        "workflow_type": "GraphRun",
        "to": ["ann"],
        "task": task(),
    }
    return Notice(**(known | fields))


def parked(channel: str = "email") -> Notice:
    """A notice that a stage was parked."""
    return notice(channel, event="parked", to=[], task=None, stage="review", detail="NodeFailed: no such file")


class Attempts:
    """Attempts of the activity, one after the other, as a worker with these channels makes them."""

    def __init__(self, *channels: Channel, store: CheckpointStore | None = None) -> None:
        self.store = store or MemoryStore("memory://")
        self.activity = notifier(channels, self.store)

    async def one(self, given: Notice) -> Told:
        """The result of one attempt.

        Raises:
            ApplicationError: It failed.
        """
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, start_to_close_timeout=timedelta(minutes=2))
        result: Told = await environment.run(self.activity, given)
        return result

    async def failing(self, given: Notice) -> ApplicationError:
        """How one attempt fails."""
        try:
            await self.one(given)
        except ApplicationError as error:
            return error
        raise AssertionError("the attempt did not fail")
