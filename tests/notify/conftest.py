from collections.abc import AsyncIterator

import pytest

from tests.notify.servers import MailServer


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    """A real SMTP server."""
    async with MailServer().open() as server:
        yield server
