from orchestrator.notify import Email
from tests.notify.notices import Attempts, notice
from tests.notify.servers import MailServer

PEOPLE = ["ann@x.org", "bob@x.org", "eve@x.org"]
NOBODY = "550 no such user"


def attempts(server: MailServer) -> Attempts:
    return Attempts(Email(server.url, sender="loans@x.org"))


async def test_keeps_nobody_else_from_their_mail(mail_server: MailServer) -> None:
    mail_server.answers["bob@x.org"] = NOBODY
    told = await attempts(mail_server).one(notice(to=PEOPLE))
    assert (told.sent, told.refused) == (2, ["bob@x.org: 550 no such user"])
    assert mail_server.to() == ["ann@x.org", "eve@x.org"]


async def test_is_not_tried_again_when_somebody_else_is(mail_server: MailServer) -> None:
    mail_server.answers |= {"bob@x.org": NOBODY, "eve@x.org": "451 come back later"}
    sending = attempts(mail_server)
    failure = await sending.failing(notice(to=PEOPLE))
    assert (failure.type, failure.non_retryable) == ("Deferred", False)
    assert "eve@x.org: 451 come back later" in failure.message
    mail_server.answers.clear()
    told = await sending.one(notice(to=PEOPLE))
    assert (told.sent, told.skipped, told.refused) == (1, 1, ["bob@x.org: 550 no such user"])
    assert mail_server.to() == ["ann@x.org", "eve@x.org"]


async def test_fails_the_activity_for_good_when_there_is_no_other(mail_server: MailServer) -> None:
    mail_server.answers["bob@x.org"] = NOBODY
    failure = await attempts(mail_server).failing(notice(to=["bob@x.org"]))
    assert (failure.type, failure.non_retryable) == ("AddressRefused", True)
    assert "550 no such user" in failure.message
