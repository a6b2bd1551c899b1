from orchestrator.checkpoints.memory import MemoryStore
from orchestrator.notify import Email
from tests.notify.notices import Attempts, notice
from tests.notify.servers import MailServer

PEOPLE = [f"person{number}@x.org" for number in range(10)]


def attempts(server: MailServer, store: MemoryStore | None = None) -> Attempts:
    return Attempts(Email(server.url, sender="loans@x.org"), store=store)


async def test_though_the_server_dies_in_between_four_times(mail_server: MailServer) -> None:
    sending = attempts(mail_server)
    for number in range(4):
        mail_server.budget = 2
        failure = await sending.failing(notice(to=PEOPLE))
        assert (failure.type, failure.non_retryable) == ("ChannelDown", False)
        assert len(mail_server.taken) == 2 * (number + 1)
    mail_server.budget = None
    told = await sending.one(notice(to=PEOPLE))
    assert (told.sent, told.skipped) == (2, 8)
    assert mail_server.to() == sorted(PEOPLE)


async def test_though_an_attempt_that_told_everybody_is_repeated(mail_server: MailServer) -> None:
    sending = attempts(mail_server)
    await sending.one(notice(to=PEOPLE))
    told = await sending.one(notice(to=PEOPLE))
    assert (told.sent, told.skipped) == (0, 10)
    assert mail_server.to() == sorted(PEOPLE)


async def test_of_each_notice(mail_server: MailServer) -> None:
    sending = attempts(mail_server)
    await sending.one(notice(to=PEOPLE[:1], key="1"))
    await sending.one(notice(to=PEOPLE[:1], key="2"))
    assert len({mail.content["Message-ID"] for mail in mail_server.taken}) == 2


async def test_or_a_second_copy_of_the_same_message_id_if_the_worker_died_before_it_was_recorded(
    mail_server: MailServer,
) -> None:
    store = MemoryStore("memory://")
    await attempts(mail_server, store).one(notice(to=PEOPLE[:1]))
    store.values.clear()  # as if it had been killed right after the server took it
    await attempts(mail_server, store).one(notice(to=PEOPLE[:1]))
    first, second = (mail.content["Message-ID"] for mail in mail_server.taken)
    assert first == second


async def test_and_a_database_that_takes_no_record_is_no_reason_to_send_it_again(mail_server: MailServer) -> None:
    class Full(MemoryStore):
        async def put_value(self, key: str, data: bytes) -> None:  # noqa: ARG002
            raise OSError("no space left on device")

    told = await attempts(mail_server, Full("memory://")).one(notice(to=PEOPLE[:1]))
    assert told.sent == 1
