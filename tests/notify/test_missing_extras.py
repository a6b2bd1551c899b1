import sys

import pytest

from orchestrator import MissingExtra, Orchestrator
from orchestrator.notify import Channel, Email, Slack, Webhook
from orchestrator.notify.configured import channels_of
from orchestrator.settings import Settings
from tests.notify.test_webhooks import SECRET

CHANNELS = [
    (Email("smtp://localhost", sender="loans@x.org"), "aiosmtplib", "email"),
    (Email("smtp://localhost", sender="loans@x.org"), "jinja2", "email"),
    (Webhook("https://x.org", secret=SECRET), "httpx", "webhooks"),
    (Webhook("https://x.org", secret=SECRET), "standardwebhooks", "webhooks"),
    (Slack("https://x.org"), "httpx", "webhooks"),
]


NAMES = [f"{type(channel).__name__} without {module}" for channel, module, _extra in CHANNELS]


@pytest.mark.parametrize(("channel", "module", "extra"), CHANNELS, ids=NAMES)
def test_are_named_as_the_worker_starts(
    channel: Channel, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Orchestrator("tests")
    app.notify(channel)
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    with pytest.raises(MissingExtra, match=rf"hybrid-orchestrator\[{extra}\]"):
        channels_of(app, Settings())
