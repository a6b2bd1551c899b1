from pathlib import Path

from tests.follow_up.office import office
from tests.support.local import open_tasks


async def test_an_out_of_office_note_is_kept_and_the_reply_awaited(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        await at.reply(mail, "Yes, I am away. No mails are read.", Auto_Submitted="auto-replied")
        await at.reply(mail, "I am out of office until June.")
        await at.reply(mail, "Yes")
        result = await handle.result()
        assert (result["outcome"], result["automatic"]) == ("yes", 2)
        assert [one["kind"] for one in result["conversation"]] == ["first", "automatic", "automatic", "reply"]


async def test_two_machines_do_not_write_to_each_other_for_ever(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        for number in range(5):
            await at.reply(mail, f"Ticket {number} was opened.", Auto_Submitted="auto-generated")
        [task] = await open_tasks(handle)
        assert task["payload"]["why"] == "Only machines answer."
