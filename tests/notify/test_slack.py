import json
from typing import Any

from orchestrator.notify import Slack
from tests.notify.notices import Attempts, notice, parked, task
from tests.notify.servers import Receiver

DIRECTORY = {
    "ann": ["ann@x.org", "slack:U024BE7LH"],
    "bob": "bob@x.org",
    "group:underwriters": ["slack:S0614TZR7"],
}


async def text(given: Any, **options: Any) -> str:
    async with Receiver().open() as receiver:
        channel = Slack(receiver.url, directory=DIRECTORY, **options)
        assert (await Attempts(channel).one(given)).sent == 1
    (posted,) = receiver.got
    message = json.loads(posted.body)
    assert all(block["text"]["type"] == "mrkdwn" for block in message["blocks"])
    return "\n".join([message["text"], *(block["text"]["text"] for block in message["blocks"])])


async def test_says_what_is_to_be_decided_and_mentions_who_is_asked() -> None:
    said = await text(notice("slack", to=["ann", "bob", "group:underwriters"]), web_ui_url="https://temporal.x.org")
    assert "*To decide: Approve this loan?*" in said
    assert "<@U024BE7LH> bob <!subteam^S0614TZR7>" in said
    assert "<https://temporal.x.org/namespaces/default/workflows/loan-7|Temporal Web UI>" in said


async def test_is_not_taken_in_by_what_a_title_says() -> None:
    said = await text(notice("slack", to=["<!here>"], task=task(title="<!channel> & <https://evil.org|x>")))
    assert "To decide: &lt;!channel&gt; &amp; &lt;https://evil.org|x&gt;" in said
    assert "<" not in said


async def test_tells_operators_of_a_parked_stage() -> None:
    said = await text(parked("slack"), operators=["ann"])
    assert "Parked: review of loan-7" in said
    assert "<@U024BE7LH>" in said
    assert "NodeFailed: no such file" in said


async def test_gets_no_text_longer_than_it_takes() -> None:
    given = notice("slack", task=task(title="A" * 9000, description="B" * 9000))
    payload = await Slack("https://hooks.x.org").payload(given)
    assert max(len(block["text"]["text"]) for block in payload["blocks"]) <= 3000
