"""The activity that sends a notice: once to each recipient, however often it is tried."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from pydantic_core import from_json, to_json
from temporalio import activity
from temporalio.exceptions import ApplicationError

from orchestrator import names
from orchestrator.calls import Notice, Told
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import ConfigurationError, OrchestratorError
from orchestrator.notify.channel import Channel, Recipient
from orchestrator.notify.errors import AddressRefused, ChannelDown, Deferred, NotDelivered
from orchestrator.telemetry.measures import UNMEASURED, Measures
from orchestrator.telemetry.metrics import NOTICES

AT_ONCE = 4
"""Recipients."""
BEGIN_WITHIN = 0.5
"""Of an attempt's time; a recipient whose turn comes later is left to the next attempt."""
END_WITHIN = 0.9
"""Of an attempt's time. So it is over before Temporal starts the next one, and never do two send at the same time."""

log = structlog.get_logger(__name__)


def notifier(
    channels: Iterable[Channel], store: CheckpointStore, measures: Measures = UNMEASURED
) -> Callable[..., Any]:
    """The activity `orchestrator.notify`.

    Args:
        channels: Those of this worker.
        store: Keeps who has been told what.
        measures: Counts what was sent, refused, or failed.
    """
    by_name = {channel.name: channel for channel in channels}

    @activity.defn(name=names.NOTIFY)
    async def notify(notice: Notice) -> Told:
        """Send a notice through one channel, to each recipient once.

        Whom a server took it for is recorded right after. A worker that dies between the two, a line that breaks before
        the server's yes has come, or a database that takes no record then, makes the next attempt send it to that one
        recipient again, with the same key (a mail's Message-ID, a webhook's id).

        Raises:
            ApplicationError: Of type AddressRefused, *not retryable:* nobody took it. ConfigurationError, *not
                retryable:* no such channel, or it is at fault. Deferred or ChannelDown, *retryable:* not everybody
                has it yet; the next attempt tries only those.
            StoreUnavailable: It cannot be read who has been told. *Retryable.*
        """
        info = activity.info()
        structlog.contextvars.bind_contextvars(
            workflow_id=notice.workflow_id, run_id=info.workflow_run_id, stage=notice.stage, attempt=info.attempt
        )
        channel = by_name.get(notice.channel)
        if channel is None:
            there_are = ", ".join(sorted(by_name)) or "none"
            raise _failed(
                ConfigurationError(
                    f"No channel named {notice.channel!r}; this worker has: {there_are}. Register it with "
                    "app.notify(...), on every worker of the task queue."
                )
            )
        return await _Round(channel, store, notice, measures).run()

    return notify


class _Round:
    """One attempt."""

    def __init__(self, channel: Channel, store: CheckpointStore, notice: Notice, measures: Measures) -> None:
        self.measures = measures
        self.channel = channel
        self.store = store
        self.notice = notice
        self.sent = 0
        self.skipped = 0
        self.refused: list[str] = []
        self.failed: dict[str, OrchestratorError] = {}
        self.stopped: OrchestratorError | None = None
        """Why no further recipient is tried in this attempt."""

    async def run(self) -> Told:
        """Send to all, and only then fail for those who could not be reached."""
        begun = asyncio.get_running_loop().time()
        try:
            recipients = {each.address: each for each in await self.channel.recipients(self.notice)}
        except ConfigurationError as error:
            raise _failed(error) from error
        limit = activity.info().start_to_close_timeout
        whole = limit.total_seconds() if limit else float("inf")
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(recipient: Recipient) -> None:
            async with turn:
                if asyncio.get_running_loop().time() > begun + whole * BEGIN_WITHIN and self.stopped is None:
                    self.stopped = Deferred("the attempt's time is up", timedelta(seconds=1))
                end = begun + whole * END_WITHIN if limit else None
                await self._tell(recipient, end)

        untold = [recipient for recipient in recipients.values() if not await self._knows(recipient)]
        async with asyncio.TaskGroup() as group:
            for recipient in untold:
                group.create_task(one(recipient))
        return self._result(len(recipients))

    async def _knows(self, recipient: Recipient) -> bool:
        """Whether an earlier attempt has settled it."""
        known = await self.store.get_value(self._key(recipient))
        if known is None:
            return False
        refused = from_json(known).get("refused")
        if refused is None:
            self.skipped += 1
        else:
            self.refused.append(f"{recipient.address}: {refused}")
        return True

    def _key(self, recipient: Recipient) -> str:
        return f"notified/{self.notice.key}/{recipient.address}"

    async def _tell(self, recipient: Recipient, end: float | None) -> None:
        if self.stopped is not None:
            self.failed[recipient.address] = self.stopped
            return
        try:
            async with asyncio.timeout_at(end):
                await self.channel.send(self.notice, recipient, f"{self.notice.key}/{recipient.address}")
        except AddressRefused as error:
            log.warning("a notice was refused", channel=self.channel.name, to=recipient.address, reason=str(error))
            self.refused.append(f"{recipient.address}: {error}")
            self._count("refused")
            await self._record(recipient, refused=str(error))
        except (ChannelDown, ConfigurationError) as error:
            self.stopped = self.failed[recipient.address] = error
            self._count("failed")
        except NotDelivered as error:
            self.failed[recipient.address] = error
            self._count("failed")
        except Exception as error:  # a user's own channel raises what it likes; the others get theirs
            log.warning("a notice failed", channel=self.channel.name, to=recipient.address, exc_info=True)
            self.failed[recipient.address] = Deferred(f"{type(error).__name__}: {error}".rstrip(": "))
            self._count("failed")
        else:
            self.sent += 1
            self._count("sent")
            await self._record(recipient, refused=None)

    def _count(self, result: str) -> None:
        self.measures.count(NOTICES, channel=self.channel.name, result=result)

    async def _record(self, recipient: Recipient, *, refused: str | None) -> None:
        """Remember it, also when cancelled meanwhile. If that fails, only a retry for somebody else would repeat it."""
        data = to_json({"at": datetime.now(UTC), "refused": refused})
        writing = asyncio.ensure_future(self.store.put_value(self._key(recipient), data))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await writing
            raise
        except Exception:  # to fail now would make sure of the repetition
            log.warning("who was told could not be recorded", to=recipient.address, exc_info=True)

    def _result(self, count: int) -> Told:
        if self.failed:
            raise self._not_everybody(count)
        if self.refused and not self.sent and not self.skipped:
            raise _failed(AddressRefused(f"Nobody took it: {'; '.join(sorted(self.refused))}"))
        return Told(sent=self.sent, skipped=self.skipped, refused=sorted(self.refused))

    def _not_everybody(self, count: int) -> ApplicationError:
        errors = list(self.failed.values())
        worst = next((error for error in errors if not isinstance(error, ConfigurationError)), errors[0])
        reasons = "; ".join(f"{address}: {error}" for address, error in sorted(self.failed.items())[:10])
        waits = [error.retry_after for error in errors if isinstance(error, NotDelivered) and error.retry_after]
        return ApplicationError(
            f"{len(errors)} of {count} have not got it yet: {reasons}",
            type=type(worst).__name__,
            non_retryable=isinstance(worst, ConfigurationError),
            next_retry_delay=max(waits, default=None),
        )


def _failed(error: OrchestratorError) -> ApplicationError:
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)
