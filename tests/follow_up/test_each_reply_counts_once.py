from pathlib import Path
from typing import Any

from tests.follow_up.mails import reply_to
from tests.follow_up.office import office
from tests.support.local import open_tasks, submit, until


async def test_a_second_copy_of_a_reply_is_dropped(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        raw = reply_to(await at.mail(), "What does it cost?")
        assert await at.deliver(raw) == "accepted"
        assert await at.deliver(b"Received: from elsewhere\r\n" + raw) == "duplicate"
        await open_tasks(handle)
        await submit(handle, "respond", values={"text": "9,000 €."})
        await at.mail()
        await until(handle, lambda status: status["state"] == "waiting" and status["waits"][0]["kind"] == "event")
        assert (await handle.query("status"))["tasks"] == 0


async def test_a_reply_that_comes_while_a_person_is_asked_is_read_after_that(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        await at.reply(mail, "What does it cost?")
        await open_tasks(handle)
        await at.reply(mail, "Yes, in any case.")
        await submit(handle, "respond", values={"text": "9,000 €."})
        assert (await handle.result())["outcome"] == "yes"


async def test_an_event_that_is_no_mail_changes_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        payloads: list[Any] = ["yes", 7, {"text": "yes"}, []]
        for payload in payloads:
            await handle.execute_update("submit_event", {"name": "reply", "payload": payload})
        await at.reply(mail, "No")
        result = await handle.result()
        assert (result["outcome"], len(result["conversation"])) == ("no", 2)
