import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook as Scheme
from standardwebhooks import WebhookVerificationError

from orchestrator.errors import ConfigurationError
from orchestrator.notify import Webhook
from orchestrator.notify.posting import retry_after
from tests.notify.notices import Attempts, notice, task
from tests.notify.servers import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


async def test_hold_the_notice_under_a_signature_that_others_can_verify() -> None:
    given = notice("webhook", task=task(title="Größe & <b>", payload={"amount": 7}))
    async with Receiver().open() as receiver:
        assert (await Attempts(Webhook(receiver.url, secret=SECRET)).one(given)).sent == 1
    (posted,) = receiver.got
    assert posted.headers["content-type"] == "application/json"
    verified = Scheme(SECRET).verify(posted.body, posted.headers)
    assert verified == json.loads(given.model_dump_json())
    with pytest.raises(WebhookVerificationError):
        Scheme(SECRET).verify(posted.body.replace(b"7", b"8"), posted.headers)
    with pytest.raises(WebhookVerificationError):
        Scheme(NEW_SECRET).verify(posted.body, posted.headers)


async def test_are_signed_with_each_secret_while_they_rotate() -> None:
    async with Receiver().open() as receiver:
        await Attempts(Webhook(receiver.url, secret=f"{SECRET}, {NEW_SECRET}")).one(notice("webhook"))
    (posted,) = receiver.got
    for secret in (SECRET, NEW_SECRET):
        Scheme(secret).verify(posted.body, posted.headers)


async def test_have_the_same_id_on_each_attempt_and_none_has_a_full_stop() -> None:
    async with Receiver((500, {}), (200, {})).open() as receiver:
        sending = Attempts(Webhook(receiver.url, secret=SECRET))
        await sending.failing(notice("webhook", key="a.b"))
        await sending.one(notice("webhook", key="a.b"))
        await sending.one(notice("webhook", key="a.c"))
    first, second, other = (posted.headers["webhook-id"] for posted in receiver.got)
    assert first == second != other
    assert "." not in first


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_are_tried_again_when_the_receiver_might_yet_take_them(status: int) -> None:
    async with Receiver((status, {"Retry-After": "120"})).open() as receiver:
        failure = await Attempts(Webhook(receiver.url, secret=SECRET)).failing(notice("webhook"))
    assert (failure.type, failure.non_retryable) == ("ChannelDown", False)
    assert failure.next_retry_delay == timedelta(seconds=120)
    assert f"webhook answered {status}" in failure.message


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410])
async def test_are_not_tried_again_when_the_receiver_never_will(status: int) -> None:
    async with Receiver((status, {})).open() as receiver:
        sending = Attempts(Webhook(receiver.url, secret=SECRET))
        failures = [await sending.failing(notice("webhook")) for _ in range(2)]
    assert {(failure.type, failure.non_retryable) for failure in failures} == {("AddressRefused", True)}
    assert len(receiver.got) == 1
    assert "hidden" not in failures[0].message


async def test_are_tried_again_when_nobody_answers() -> None:
    async with Receiver().open() as receiver:
        url = receiver.url
    failure = await Attempts(Webhook(url, secret=SECRET)).failing(notice("webhook"))
    assert (failure.type, failure.non_retryable) == ("ChannelDown", False)
    assert "hidden" not in failure.message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5),
        ("Mon, 02 Mar 2026 09:01:00 GMT", 60),
        ("999999999999999999999", 3600),
        ("0", None),
        ("-5", None),
        ("soon", None),
        (None, None),
    ],
)
def test_wait_as_long_as_they_are_asked_to_but_an_hour_at_most(header: str | None, seconds: int | None) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert retry_after(header, now) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ä", "not base64"])
def test_need_a_secret_that_makes_sense_as_the_worker_starts(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="secret of the webhook 'webhook'"):
        Webhook("https://x.org", secret=secret).check()


@pytest.mark.parametrize("url", ["x.org", "ftp://x.org", "https://", "https://x.org/a b", "https://x.org:port/"])
def test_need_a_url_that_makes_sense(url: str) -> None:
    with pytest.raises(ConfigurationError, match="URL of webhook"):
        Webhook(url, secret=SECRET)
