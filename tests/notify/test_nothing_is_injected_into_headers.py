import pytest

from orchestrator.errors import ConfigurationError
from orchestrator.notify import AddressRefused, Email, Recipient
from tests.notify.notices import Attempts, notice, task
from tests.notify.servers import MailServer

EVIL = "Approve?\r\nBcc: eve@x.org\n\nClick here\x00\u2028now"


async def test_by_a_title(mail_server: MailServer) -> None:
    channel = Email(mail_server.url, sender="loans@x.org")
    await Attempts(channel).one(notice(to=["ann@x.org"], task=task(title=EVIL)))
    (mail,) = mail_server.taken
    assert mail.to == "ann@x.org"
    assert mail.content["Bcc"] is None
    assert mail.content["Subject"] == "To decide: Approve? Bcc: eve@x.org Click here now"


async def test_nor_into_html(mail_server: MailServer) -> None:
    channel = Email(mail_server.url, sender="loans@x.org")
    await Attempts(channel).one(notice(to=["ann@x.org"], task=task(description="<script>alert(1)</script>")))
    (mail,) = mail_server.taken
    assert "<script>" not in mail.part("html")
    assert "&lt;script&gt;" in mail.part("html")


@pytest.mark.parametrize("address", ["ann@x.org\r\nBcc: eve@x.org", "ann@x.org>\nDATA", '"a b"@x.org', "bob", "a@b@c"])
async def test_by_a_recipient(address: str, mail_server: MailServer) -> None:
    channel = Email(mail_server.url, sender="loans@x.org", directory={"ann": address})
    assert await channel.recipients(notice()) == []
    with pytest.raises(AddressRefused):
        await channel.send(notice(), Recipient(address, "ann"), "key")
    assert mail_server.tries == 0


@pytest.mark.parametrize("sender", ["Loans\r\nBcc: eve@x.org <loans@x.org>", "loans", ""])
def test_by_a_sender(sender: str) -> None:
    with pytest.raises(ConfigurationError, match="Mail cannot come from"):
        Email("smtp://localhost", sender=sender)
