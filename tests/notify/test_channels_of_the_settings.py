from pathlib import Path

import pytest

from orchestrator import Orchestrator
from orchestrator.errors import ConfigurationError
from orchestrator.notify import Email, Slack
from orchestrator.notify.configured import channels_of
from orchestrator.settings import load
from tests.notify.notices import parked
from tests.notify.test_links_in_mail import SECRET as LINK_SECRET
from tests.notify.test_webhooks import SECRET

ALL = {
    "SMTP_URL": "smtp://u:hidden@localhost",
    "MAIL_FROM": "loans@x.org",
    "WEBHOOK_URL": "https://x.org/hook",
    "WEBHOOK_SECRET": SECRET,
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/hidden",
    "OPERATORS": "ann, ops@x.org",
    "PUBLIC_URL": "https://loans.x.org",
    "LINK_SECRET": LINK_SECRET,
    "LINK_DAYS": "2",
    "WEB_UI_URL": "https://temporal.x.org",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    (tmp_path / "people.json").write_text('{"ann": "ann@x.org"}')
    (tmp_path / "mails").mkdir()
    files = {"DIRECTORY": str(tmp_path / "people.json"), "MAIL_TEMPLATES": str(tmp_path / "mails")}
    for name, value in (ALL | files).items():
        monkeypatch.setenv(f"ORCHESTRATOR_{name}", value)
    return monkeypatch


async def test_are_all_there_is_for_a_langgraph_json(environment: pytest.MonkeyPatch) -> None:
    settings = load()
    email, webhook, slack = channels_of(Orchestrator("tests"), settings)
    assert [channel.info().name for channel in (email, webhook, slack)] == ["email", "webhook", "slack"]
    assert "decided" not in email.info().events
    assert isinstance(email, Email)
    assert email.links is not None
    assert email.links.lifetime.days == 2
    assert [each.address for each in await email.recipients(parked())] == ["ann@x.org", "ops@x.org"]
    assert "hidden" not in repr(settings)


def test_are_none_without_settings() -> None:
    assert channels_of(Orchestrator("tests"), load()) == []


def test_give_way_to_the_application_s_own(environment: pytest.MonkeyPatch) -> None:
    app = Orchestrator("tests")
    own = Slack("https://chat.x.org", name="email")
    app.notify(own)
    assert [channel for channel in channels_of(app, load()) if channel.name == "email"] == [own]


@pytest.mark.parametrize("absent", ["MAIL_FROM", "WEBHOOK_SECRET"])
def test_name_what_is_absent(absent: str, environment: pytest.MonkeyPatch) -> None:
    environment.delenv(f"ORCHESTRATOR_{absent}")
    with pytest.raises(ConfigurationError, match=f"ORCHESTRATOR_{absent}"):
        channels_of(Orchestrator("tests"), load())


def test_of_an_application_do_not_share_a_name() -> None:
    app = Orchestrator("tests")
    app.notify(Slack("https://x.org"))
    with pytest.raises(ConfigurationError, match="two channels named 'slack'"):
        app.notify(Slack("https://y.org"))
