from pathlib import Path

import pytest

from tests.follow_up.office import case, office


@pytest.mark.parametrize(("text", "outcome"), [("Yes, go ahead.", "yes"), ("No, thanks.", "no")])
async def test_the_outcome_is_recorded_with_the_conversation(tmp_path: Path, text: str, outcome: str) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        mail = await at.mail()
        assert (mail.to, mail.subject) == (case().email, "Your offer: A heat pump")
        assert await at.reply(mail, text) == "accepted"
        result = await handle.result()
        assert (result["outcome"], result["decided_by"], result["reminders"]) == (outcome, "customer", 0)
        assert [(one["kind"], one["text"]) for one in result["conversation"][1:]] == [("reply", text)]
        assert at.outcomes.read() == {handle.id: outcome}
        assert len(at.subjects) == 1


async def test_unsubscribing_ends_it_at_once(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.reply(await at.mail(), "Yes, yes, what does it cost? Unsubscribe.")
        assert (await handle.result())["outcome"] == "unsubscribed"
        assert len(at.subjects) == 1
