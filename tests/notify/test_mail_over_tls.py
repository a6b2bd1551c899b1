import subprocess
from pathlib import Path

import pytest

from orchestrator.errors import ConfigurationError
from orchestrator.notify import Email
from orchestrator.notify.smtp import SmtpServer
from tests.notify.notices import Attempts, notice
from tests.notify.servers import MailServer, authenticator, server_context


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A certificate for localhost that this process trusts, and its key."""
    made, key = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-out", made, "-keyout", key),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", made)
    return made, key


def server(certificate: tuple[str, str]) -> MailServer:
    return MailServer(
        tls_context=server_context(*certificate),
        require_starttls=True,
        auth_required=True,
        authenticator=authenticator("loans", "p@ss"),
    )


async def test_and_with_a_password(certificate: tuple[str, str]) -> None:
    async with server(certificate).open() as running:
        channel = Email(f"smtp://loans:p%40ss@localhost:{running.port}", sender="loans@x.org")
        assert (await Attempts(channel).one(notice(to=["ann@x.org"]))).sent == 1
        assert running.to() == ["ann@x.org"]


async def test_is_tried_again_with_a_password_that_the_server_does_not_take(certificate: tuple[str, str]) -> None:
    async with server(certificate).open() as running:
        channel = Email(f"smtp://loans:wrong@localhost:{running.port}", sender="loans@x.org")
        failure = await Attempts(channel).failing(notice(to=["ann@x.org"]))
    assert (failure.type, failure.non_retryable) == ("ChannelDown", False)
    assert "535" in failure.message
    assert "wrong" not in failure.message


async def test_is_not_sent_where_the_server_offers_none_and_a_password_is_to_be_protected(
    mail_server: MailServer,
) -> None:
    channel = Email(f"smtp://loans:p%40ss@127.0.0.1:{mail_server.port}", sender="loans@x.org")
    failure = await Attempts(channel).failing(notice(to=["ann@x.org"]))
    assert failure.type == "ChannelDown"
    assert mail_server.taken == []


@pytest.mark.parametrize(
    ("url", "tls"),
    [
        ("smtp://h", "auto"),
        ("smtp://h?tls=start", "start"),
        ("smtp://h?tls=none", "none"),
        ("smtp://u:p@h:587", "start"),
        ("smtp://u:p@h?tls=none", "none"),
        ("smtps://u:p@h", "implicit"),
    ],
)
def test_as_the_url_says(url: str, tls: str) -> None:
    assert Email(url, sender="loans@x.org").server.tls == tls


@pytest.mark.parametrize(
    "url", ["http://h", "smtp://", "smtp://u:secret@h:x", "smtp://u:secret@h?tls=maybe", "smtp://u:secret@h?ssl=1", ""]
)
def test_not_as_a_url_says_that_makes_no_sense_and_the_password_is_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SMTP URL") as caught:
        Email(url, sender="loans@x.org")
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(
        SmtpServer.parse("smtp://u:secret@h", Email("smtp://h", sender="a@x.org").server.timeout)
    )
