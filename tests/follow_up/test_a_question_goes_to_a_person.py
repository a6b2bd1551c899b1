from pathlib import Path

import pytest

from tests.follow_up.office import office
from tests.support.local import open_tasks, refusal, submit


async def test_what_the_person_writes_goes_to_the_customer_in_the_same_thread(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        first = await at.mail()
        await at.reply(first, "What does it cost?")
        [task] = await open_tasks(handle)
        assert task["title"] == "Ann (A heat pump): A question."
        assert [one["text"] for one in task["payload"]["conversation"][1:]] == ["What does it cost?"]
        await submit(handle, "respond", values={"text": "It costs 9,000 €."})
        answer = await at.mail()
        assert answer.text.strip() == "It costs 9,000 €."
        assert first.message_id in answer.references
        await at.reply(answer, "Then yes.")
        result = await handle.result()
        assert (result["outcome"], result["decided_by"], result["handed_over"]) == ("yes", "customer", 1)


async def test_a_person_may_write_a_last_word_and_close_the_matter(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.reply(await at.mail(), "Can I have it in green?")
        await open_tasks(handle)
        await submit(handle, "respond", values={"text": "Not in green.", "close": "no"})
        result = await handle.result()
        assert (result["outcome"], result["decided_by"]) == ("no", "ann")
        assert (await at.mail()).text.strip() == "Not in green."


async def test_an_answer_that_neither_writes_nor_closes_is_asked_for_again(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.reply(await at.mail(), "What does it cost?")
        await open_tasks(handle)
        assert "close" in await refusal(
            handle, "submit_decision", {"action": "respond", "by": "ann", "values": {"close": "x"}}
        )
        await submit(handle, "respond", values={"text": " "})
        [task] = await open_tasks(handle)
        assert "write a text, or close the matter" in task["description"]


@pytest.mark.parametrize("text", ["Hm.", "Yes and no.", "Yes, by 2030-01-01, 2031-01-01.", "yes " * 200])
async def test_what_is_not_plain_goes_to_a_person(tmp_path: Path, text: str) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.reply(await at.mail(), text)
        [task] = await open_tasks(handle)
        assert task["payload"]["why"]


async def test_a_strangers_yes_goes_to_a_person(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.reply(await at.mail(), "Yes", sender="Ann <mallory@elsewhere.example>")
        [task] = await open_tasks(handle)
        assert "mallory@elsewhere.example" in task["payload"]["why"]
