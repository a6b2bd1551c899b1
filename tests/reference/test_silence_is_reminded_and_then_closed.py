from activities.post import SmtpPost
from demo.mailroom import Mailroom
from graphs import check_documents
from tests.reference.cases import Plain, lacking


async def test_after_the_last_reminder_the_file_is_closed_as_incomplete(post: SmtpPost, mailroom: Mailroom) -> None:
    run = Plain(check_documents.build(post, reminders=2))
    await run.start(application=lacking(1))
    for reminders in (1, 2):
        result = await run.answer(None)
        assert result["reminders"] == reminders
        assert await run.waits_for() == "documents"
    result = await run.answer(None)
    assert await run.waits_for() is None
    assert (result["complete"], result["reminders"]) == (False, 2)
    subjects = [mail.subject.partition(":")[0] for mail in mailroom.delivered.values()]
    assert subjects[1:] == ["Reminder 1", "Reminder 2"]


async def test_an_answer_to_a_reminder_is_accepted(post: SmtpPost) -> None:
    run = Plain(check_documents.build(post))
    missing = (await run.start(application=lacking(1)))["missing"]
    await run.answer(None)
    result = await run.answer({"documents": missing})
    assert (result["complete"], result["reminders"]) == (True, 1)
