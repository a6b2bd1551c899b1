from orchestrator.notify import Email, Recipient
from tests.notify.notices import Attempts, notice, parked
from tests.notify.servers import MailServer

DIRECTORY = {"ann": "ann@x.org", "bob": "bob@x.org", "group:underwriters": ["ann", "bob"]}


def email(server: MailServer) -> Email:
    return Email(
        server.url,
        sender="Loans <loans@x.org>",
        directory=DIRECTORY,
        operators=["bob"],
        web_ui_url="https://temporal.x.org/",
    )


async def test_as_text_and_as_html(mail_server: MailServer) -> None:
    told = await Attempts(email(mail_server)).one(notice())
    assert (told.sent, told.skipped, told.refused) == (1, 0, [])
    (mail,) = mail_server.taken
    assert mail.content["Subject"] == "To decide: Approve this loan?"
    for part in (mail.part("plain"), mail.part("html")):
        assert "A house in Springfield." in part
        assert "2026-03-07 09:00 UTC" in part
        assert "orchestrator decide loan-7 --task review-1 --action approve" in part
        assert "https://temporal.x.org/namespaces/default/workflows/loan-7" in part


async def test_from_whom_it_should_and_marked_as_a_machine_s(mail_server: MailServer) -> None:
    await Attempts(email(mail_server)).one(notice())
    (mail,) = mail_server.taken
    assert mail.content["From"] == "Loans <loans@x.org>"
    assert mail.content["To"] == "ann@x.org"
    assert mail.content["Auto-Submitted"] == "auto-generated"


async def test_for_a_group_each_member_has_a_mail_of_their_own(mail_server: MailServer) -> None:
    await Attempts(email(mail_server)).one(notice(to=["ann", "group:underwriters"]))
    assert mail_server.to() == ["ann@x.org", "bob@x.org"]
    assert sorted(str(mail.content["To"]) for mail in mail_server.taken) == ["ann@x.org", "bob@x.org"]


async def test_about_a_parked_stage_the_operators_hear_why(mail_server: MailServer) -> None:
    await Attempts(email(mail_server)).one(parked())
    (mail,) = mail_server.taken
    assert mail.to == "bob@x.org"
    assert mail.content["Subject"] == "Parked: review of loan-7"
    assert "NodeFailed: no such file" in mail.part("plain")
    assert "orchestrator recover loan-7" in mail.part("plain")


def test_the_message_id_is_the_same_on_each_attempt_and_another_one_for_anybody_else() -> None:
    channel = Email("smtp://localhost", sender="loans@x.org")
    ann = Recipient("ann@x.org", "ann")
    ids = [channel.message(notice(), ann, key)["Message-ID"] for key in ("1/ann", "1/ann", "1/bob")]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@x.org>")
