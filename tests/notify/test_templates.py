from pathlib import Path

import pytest

from orchestrator.errors import ConfigurationError
from orchestrator.notify import Email
from tests.notify.notices import Attempts, notice, task
from tests.notify.servers import MailServer


@pytest.fixture
def channel(mail_server: MailServer, tmp_path: Path) -> Email:
    return Email(mail_server.url, sender="loans@x.org", directory={"ann": "ann@x.org"}, templates=tmp_path)


async def test_of_the_user_for_one_event_shadow_ours_for_it_alone(
    channel: Email, mail_server: MailServer, tmp_path: Path
) -> None:
    (tmp_path / "opened.subject.j2").write_text("Dear {{ person }}, please look at {{ task.title }}")
    (tmp_path / "opened.html.j2").write_text("<p>{{ task.title }} {{ task.payload.amount }}</p>")
    sending = Attempts(channel)
    await sending.one(notice(task=task(title="A & B", payload={"amount": 7})))
    await sending.one(notice(key="2", event="reminded"))
    opened, reminded = mail_server.taken
    assert opened.content["Subject"] == "Dear ann, please look at A & B"
    assert opened.part("html").strip() == "<p>A &amp; B 7</p>"
    assert "On the command line" in opened.part("plain")
    assert reminded.content["Subject"] == "Reminder: Approve this loan?"


async def test_of_the_user_for_all_events_shadow_ours_for_all(
    channel: Email, mail_server: MailServer, tmp_path: Path
) -> None:
    (tmp_path / "notice.subject.j2").write_text("{{ event }}")
    sending = Attempts(channel)
    await sending.one(notice())
    await sending.one(notice(key="2", event="reminded"))
    assert [mail.content["Subject"] for mail in mail_server.taken] == ["opened", "reminded"]


async def test_that_use_what_there_is_not_fail_the_notice_for_good(channel: Email, tmp_path: Path) -> None:
    (tmp_path / "opened.txt.j2").write_text("{{ task.titel }}")
    failure = await Attempts(channel).failing(notice())
    assert (failure.type, failure.non_retryable) == ("ConfigurationError", True)
    assert "opened.txt.j2" in failure.message
    assert "titel" in failure.message


def test_that_are_malformed_are_found_as_the_worker_starts(channel: Email, tmp_path: Path) -> None:
    (tmp_path / "opened.txt.j2").write_text("{% if %}")
    with pytest.raises(ConfigurationError, match=r"opened\.txt\.j2 is malformed"):
        channel.check()


def test_in_a_folder_that_does_not_exist_are_missed_as_the_worker_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no folder"):
        Email("smtp://localhost", sender="loans@x.org", templates=tmp_path / "mails").check()
