import re
from pathlib import Path
from typing import Any

import pytest

from orchestrator.notify import Directory
from orchestrator.notify.configured import channels_of
from orchestrator.settings import Settings
from tests.notify.notices import Attempts, notice

PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text()
APPLICATION, OWN_CHANNEL = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


async def test_of_an_application_makes_two_channels() -> None:
    made: dict[str, Any] = {}
    exec(APPLICATION, made)
    email, webhook = channels_of(made["app"], Settings())
    assert [each.address for each in await email.recipients(notice())] == ["ann@x.org"]
    assert "decided" in webhook.info().events


async def test_of_a_channel_sends_a_notice(capsys: pytest.CaptureFixture[str]) -> None:
    made: dict[str, type] = {}
    exec(OWN_CHANNEL, made)
    assert (await Attempts(made["Sms"]()).one(notice("sms", to=["ann", "bob"]))).sent == 2
    assert "+1555ann opened Approve this loan?" in capsys.readouterr().out


async def test_of_a_directory_finds_everybody(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "people.json").write_text(example)
    found = await Directory(tmp_path / "people.json").find(["group:underwriters"])
    assert [each.address for each in found] == ["ann@x.org", "slack:U024BE7LH", "bob@x.org"]


def test_of_settings_name_settings_that_there_are() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+) \|", PAGE, re.MULTILINE)
    named = {name.lower() for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(named) == 12
    assert named <= set(Settings.model_fields)
