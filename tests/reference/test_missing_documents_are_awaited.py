from activities.post import SmtpPost
from demo.mailroom import Mailroom
from graphs import check_documents
from tests.reference.cases import Plain, lacking


async def test_the_applicant_is_asked_until_the_file_is_complete(post: SmtpPost, mailroom: Mailroom) -> None:
    run = Plain(check_documents.build(post))
    first, second = (await run.start(application=lacking(2)))["missing"]
    assert await run.waits_for() == "documents"

    result = await run.answer({"documents": [first]})
    assert (result["complete"], result["missing"]) == (False, [second])
    assert await run.waits_for() == "documents"

    result = await run.answer({"documents": [second]})
    assert (result["complete"], result["missing"]) == (True, [])
    assert len(mailroom.delivered) == 1


async def test_the_request_names_what_is_missing(post: SmtpPost, mailroom: Mailroom) -> None:
    file = lacking(2)
    missing = (await Plain(check_documents.build(post)).start(application=file))["missing"]
    [mail] = mailroom.delivered.values()
    assert mail.to == file.contact
    assert [line for line in mail.text.splitlines() if line.startswith("-")] == [f"- {name}" for name in missing]
