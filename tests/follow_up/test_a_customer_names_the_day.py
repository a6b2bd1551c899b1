from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.follow_up.office import office
from tests.support.local import until


async def test_we_write_again_on_the_day_that_the_customer_named(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.reply(await at.mail(), "Not now. Please ask again in 3 weeks.")
        status = await until(handle, lambda status: bool(status["waits"]) and status["stages"][0]["attempt"] == 2)
        [wait] = status["waits"]
        assert (datetime.fromisoformat(wait["until"]) - datetime.fromisoformat(wait["since"])).days == 21
        await at.local.sleep(timedelta(days=21.1))
        again = await at.mail()
        assert "you asked us to write again" in again.text
        await at.reply(again, "Yes")
        result = await handle.result()
        assert (result["outcome"], result["reminders"]) == ("yes", 0)


async def test_who_unsubscribes_before_that_day_is_heard(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        await at.reply(mail, f"Ask again on {datetime.now(UTC).year + 1}-01-01, not before.")
        await at.reply(mail, "Unsubscribe")
        assert (await handle.result())["outcome"] == "unsubscribed"
        assert len(at.subjects) == 1
