import base64

import pytest

from tests.follow_up.mails import read

TOP = "Yes, please.\n\nOn Mon, 4 May 2026 at 10:00, Sales\n<sales@company.example> wrote:\n> Shall we?\n> Yes or no.\n"
BOTTOM = "On Mon, 4 May 2026, Sales wrote:\n> Shall we?\n>\n> Yes or no.\n\nYes, please.\n-- \nAnn\n"
BETWEEN = "> Shall we?\n\nYes, please.\n\n> Yes or no.\n"
GERMAN = "Yes, please.\n\nAm 04.05.2026 um 10:00 schrieb Sales:\n\nShall we? Yes or no.\n"
OUTLOOK = (
    "Yes, please.\n\n________________________________\nFrom: Sales <sales@company.example>\nSent: Monday\n"
    "To: Ann\nSubject: Your offer\n\nShall we? Yes or no, or unsubscribe.\n"
)
ORIGINAL = "Yes, please.\n\n-----Original Message-----\nFrom: Sales\n\nShall we? Yes or no.\n"
GMAIL = (
    "<html><head><style>p {color: red}</style></head><body><div>Yes, <b>please</b>.</div><br><div class='gmail_quote'>"
    "<div>On Mon, May 4, 2026 at 10:00 Sales &lt;sales@company.example&gt; wrote:<br></div>"
    "<blockquote>Shall we?<br>Yes or no.</blockquote></div><!-- a > comment --></body></html>"
)


@pytest.mark.parametrize("body", [TOP, BOTTOM, BETWEEN, GERMAN, OUTLOOK, ORIGINAL], ids=range(6))
def test_the_quoted_original_and_the_signature_are_left_out(body: str) -> None:
    assert read(body).payload["text"] == "Yes, please."


def test_html_alone_is_read_as_text() -> None:
    assert read(GMAIL, "Content-Type: text/html; charset=utf-8").payload["text"] == "Yes, please."


def test_of_two_parts_the_plain_one_is_read() -> None:
    body = "--b\nContent-Type: text/plain\n\nYes\n--b\nContent-Type: text/html\n\n<p>No</p>\n--b--\n"
    assert read(body, 'Content-Type: multipart/alternative; boundary="b"').payload["text"] == "Yes"


def test_a_text_that_only_looks_like_an_attribution_is_kept() -> None:
    text = "On Monday I am away.\nJohn wrote: that is so.\nFrom: my heart, thanks"
    assert read(text).payload["text"] == text


def test_a_reply_that_is_nothing_but_a_quote_has_no_text() -> None:
    assert read("> Yes or no, or unsubscribe.\n").payload["text"] == ""


def test_other_character_sets_are_decoded() -> None:
    body = base64.b64encode("Größe ist egal".encode("latin-1")).decode()
    headers = ("Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: base64")
    assert read(body, *headers).payload["text"] == "Größe ist egal"


def test_encoded_words_in_headers_are_decoded() -> None:
    payload = read("Yes", "X-A: b", "Cc: x").payload
    assert payload["subject"] == "Re: Your offer"
    sent = read("Yes", "Date: =?utf-8?q?Gr=C3=BC=C3=9Fe?=").payload
    assert sent["date"] == "Grüße"


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Type: text/plain; charset=no-such",),
        ("Content-Type: text/html" + "; a=b" * 100_000,),
        ("Content-Transfer-Encoding: base64",),
        ("Content-Type: multipart/mixed",),
        ('Content-Type: multipart/mixed; boundary="(((("',),
        ("Content-Type: message/rfc822",),
        ("Subject: =?utf-8?b?!!!?=", "From: " + "(" * 100_000),
    ],
    ids=["no such charset", "long", "no base64", "no boundary", "odd boundary", "no mail inside", "odd headers"],
)
def test_what_cannot_be_read_is_a_reply_all_the_same(headers: tuple[str, ...]) -> None:
    assert read("Yes", *headers).workflow_id == "follow-up/spring/ann"


def test_a_mail_of_countless_parts_is_a_reply_without_text() -> None:
    body = "--b\nContent-Type: text/plain\n\nYes\n" * 10_000
    assert read(body, 'Content-Type: multipart/mixed; boundary="b"').payload["text"] == ""
