import logging

import pytest
import structlog

from orchestrator.testing import serving
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application

OPTIONS = {"retry": {"maximum_attempts": 1}, "on_failure": "fail"}


@pytest.fixture(autouse=True)
def _nobody_has_configured_structlog() -> None:
    structlog.reset_defaults()


def fails(_state: Log) -> Log:
    kept = "s3" + "cret"
    raise LookupError(f"{len(kept)} characters are too few")


async def fail() -> None:
    async with serving(application(work=chain(fails))) as served:
        handle = await served.graph("work", EMPTY, options=OPTIONS)
        await served.until(handle, lambda status: status.state == "failed")


async def test_is_one_record_with_one_traceback_and_no_variables(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    await fail()
    assert caplog.text.count("Traceback (most recent call last)") == 1
    assert "stage failed" in caplog.text
    assert "6 characters are too few" in caplog.text
    printed = capsys.readouterr()
    assert "s3cret" not in caplog.text + printed.out + printed.err


async def test_goes_where_the_user_wants_it() -> None:
    mine = structlog.testing.LogCapture()
    structlog.configure(processors=[mine])
    await fail()
    assert "stage failed" in [record["event"] for record in mine.entries]
