from email.message import EmailMessage

import pytest

from orchestrator.mail.replies import matched
from tests.follow_up.mails import SECRET, ours, raw

ID = ours("follow-up/a-campaign-with-a-name/a-customer-with-a-long-id")


@pytest.mark.parametrize(
    "header",
    [
        f"References:\r\n <a@b>\r\n\t{ID}\r\n <c@d>",
        f"In-Reply-To:\r\n {ID[:70]}\r\n {ID[70:]}",
        f"in-reply-to: {ID} (Sales' message of Monday)",
        f"In-Reply-To: Sales' message <a b@c> {ID}",
    ],
    ids=["folded", "folded inside", "with a comment", "with a phrase"],
)
def test_folded_headers_and_comments_do_no_harm(header: str) -> None:
    assert matched(raw("Yes", header), SECRET) is not None


def test_encoded_words_are_decoded() -> None:
    message = EmailMessage()  # its default policy writes a long In-Reply-To so
    message["In-Reply-To"] = ID
    message.set_content("Yes")
    assert b"=?utf-8?q?" in message.as_bytes()
    assert matched(message.as_bytes(), SECRET) is not None


def test_of_huge_references_the_end_is_read() -> None:
    many = " ".join(f"<{number}@customers.example>" for number in range(50_000))
    assert matched(raw("Yes", f"References: {many} {ID}"), SECRET) is not None


def test_a_megabyte_of_our_prefix_is_no_match() -> None:
    assert matched(raw("Yes", "References: " + "<o1.a.b.c.d@e> " * 70_000), SECRET) is None
