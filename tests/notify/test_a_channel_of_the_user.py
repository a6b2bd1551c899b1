import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from orchestrator.activity.notify import notifier
from orchestrator.calls import Notice, NoticeEvent
from orchestrator.checkpoints.memory import MemoryStore
from orchestrator.errors import ConfigurationError
from orchestrator.notify import Channel, Recipient
from tests.notify.notices import Attempts, notice


class Pager(Channel):
    """Pages people; `broken` ones raise."""

    name = "pager"
    events: Collection[NoticeEvent] = frozenset({"opened"})

    def __init__(self) -> None:
        self.paged: list[str] = []
        self.keys: list[str] = []
        self.broken = {"bob"}

    async def recipients(self, notice: Notice) -> list[Recipient]:
        return [Recipient(name, name) for name in notice.to]

    async def send(self, notice: Notice, to: Recipient, key: str) -> None:  # noqa: ARG002
        self.keys.append(key)
        if to.person in self.broken:
            raise KeyError(to.person)
        self.paged.append(to.person)


async def test_may_raise_what_it_likes_and_is_tried_again_for_that_recipient_alone() -> None:
    pager = Pager()
    sending = Attempts(pager)
    given = notice("pager", to=["ann", "bob", "eve"])
    failure = await sending.failing(given)
    assert (failure.type, failure.non_retryable) == ("Deferred", False)
    assert "bob: KeyError: 'bob'" in failure.message
    pager.broken.clear()
    await sending.one(given)
    assert pager.paged == ["ann", "eve", "bob"]
    assert len(pager.keys) == 4
    assert len(set(pager.keys)) == 3


async def test_may_name_a_recipient_twice() -> None:
    pager = Pager()
    assert (await Attempts(pager).one(notice("pager", to=["ann", "ann"]))).sent == 1
    assert pager.paged == ["ann"]


def test_sends_nothing_that_does_not_happen() -> None:
    pager = Pager()
    pager.events = cast("Any", ["openend"])
    with pytest.raises(ConfigurationError, match=r"channel 'pager'.*opened"):
        pager.info()


async def test_that_hangs_is_given_up_before_the_attempt_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Pager):
        async def send(self, notice: Notice, to: Recipient, key: str) -> None:  # noqa: ARG002
            await asyncio.Event().wait()

    monkeypatch.setattr("orchestrator.activity.notify.END_WITHIN", 0)
    failure = await Attempts(Hanging()).failing(notice("pager"))
    assert (failure.type, failure.non_retryable) == ("Deferred", False)
    assert "ann: TimeoutError" in failure.message


async def test_leaves_to_the_next_attempt_those_for_whom_there_is_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pager = Pager()
    sending = Attempts(pager)
    with monkeypatch.context() as late:
        late.setattr("orchestrator.activity.notify.BEGIN_WITHIN", -1)
        failure = await sending.failing(notice("pager", to=["ann", "eve"]))
    assert (failure.type, failure.next_retry_delay) == ("Deferred", timedelta(seconds=1))
    assert pager.paged == []
    assert (await sending.one(notice("pager", to=["ann", "eve"]))).sent == 2


async def test_that_is_not_there_is_named_with_those_that_are() -> None:
    failure = await Attempts(Pager()).failing(notice("sms"))
    assert (failure.type, failure.non_retryable) == ("ConfigurationError", True)
    assert failure.message.startswith("No channel named 'sms'; this worker has: pager.")


async def test_is_cancelled_with_its_activity_and_what_it_had_sent_is_recorded() -> None:
    class Pausing(Pager):
        async def send(self, notice: Notice, to: Recipient, key: str) -> None:
            await super().send(notice, to, key)
            if to.person == "eve":
                environment.cancel()
                await asyncio.Event().wait()

    environment = ActivityEnvironment()
    store = MemoryStore("memory://")
    pager = Pausing()
    with pytest.raises(asyncio.CancelledError):
        await environment.run(notifier([pager], store), notice("pager", to=["ann", "eve"]))
    assert list(store.values) == ["notified/loan-7/1f/1/pager/ann"]
