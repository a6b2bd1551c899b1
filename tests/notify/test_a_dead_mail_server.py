import socket

from orchestrator.notify import Email
from tests.notify.notices import Attempts, notice
from tests.notify.servers import MailServer


def unused_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


async def test_is_tried_again() -> None:
    channel = Email(f"smtp://127.0.0.1:{unused_port()}", sender="loans@x.org")
    failure = await Attempts(channel).failing(notice(to=["ann@x.org"]))
    assert (failure.type, failure.non_retryable) == ("ChannelDown", False)
    assert "127.0.0.1" in failure.message


async def test_is_not_asked_once_more_for_each_recipient(mail_server: MailServer) -> None:
    mail_server.budget = 0
    channel = Email(mail_server.url, sender="loans@x.org")
    failure = await Attempts(channel).failing(notice(to=[f"{number}@x.org" for number in range(50)]))
    assert failure.message.startswith("50 of 50 ")
    assert mail_server.tries <= 4
