from activities.post import SmtpPost
from demo.mailroom import Mailroom
from graphs import check_documents
from tests.reference.cases import Plain, lacking


async def test_a_complete_file_goes_on_without_a_mail(post: SmtpPost, mailroom: Mailroom) -> None:
    result = await Plain(check_documents.build(post)).start(application=lacking(0))
    assert result == {"complete": True, "missing": []}
    assert not mailroom.delivered
