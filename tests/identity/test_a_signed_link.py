from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from orchestrator.errors import ConfigurationError, Refused
from orchestrator.identity import links
from orchestrator.identity.tokens import Verifier
from tests.identity.keys import AUDIENCE, ISSUER, LINK_SECRET, SECRET, shared, verifier


def link(**changed: Any) -> str:
    fields: dict[str, Any] = {
        "base_url": "https://work.example.org/",
        "secret": LINK_SECRET,
        "workflow_id": "loan-1",
        "task_id": "task-1",
        "action": "approve",
        "subject": "ann",
        "expires_at": datetime.now(UTC) + timedelta(hours=1),
    }
    return links.signed_link(**{**fields, **changed})


def token(**changed: Any) -> str:
    return link(**changed).rpartition("/")[2]


def test_stands_under_the_public_address() -> None:
    assert link().startswith("https://work.example.org/links/ey")


def test_is_another_one_each_time() -> None:
    assert link() != link()


def test_says_who_may_do_what() -> None:
    read = links.read(token(), LINK_SECRET)
    assert (read.subject, read.workflow_id, read.task_id, read.action) == ("ann", "loan-1", "task-1", "approve")


async def test_is_good_for_one_action_on_its_task() -> None:
    admission = await verifier().verify(token(), "loan-1")
    assert (admission.subject, admission.task_id, admission.action, admission.link) == (
        "ann",
        "task-1",
        "approve",
        True,
    )


async def test_for_another_workflow_is_refused() -> None:
    with pytest.raises(Refused, match="bound to another workflow"):
        await verifier().verify(token(), "loan-2")


async def test_that_has_expired_says_when() -> None:
    expired = token(expires_at=datetime(2026, 1, 31, 12, tzinfo=UTC))
    with pytest.raises(Refused, match="expired at 2026-01-31 12:00:00 UTC"):
        await verifier().verify(expired, "loan-1")
    with pytest.raises(links.LinkExpired):
        links.read(expired, LINK_SECRET)


async def test_signed_with_the_key_for_tokens_is_refused() -> None:
    with pytest.raises(Refused, match="not valid"):
        await verifier().verify(token(secret=SECRET), "loan-1")


async def test_is_refused_where_its_key_is_not_known() -> None:
    without = Verifier(secret=SECRET, issuer=ISSUER, audience=AUDIENCE)
    with pytest.raises(Refused, match="set ORCHESTRATOR_LINK_SECRET"):
        await without.verify(token(), "loan-1")


@pytest.mark.parametrize("secret", [SECRET, LINK_SECRET])
def test_is_not_any_other_token(secret: str) -> None:
    with pytest.raises(Refused):
        links.read(shared(secret), LINK_SECRET)


def test_of_an_action_that_does_not_exist_is_refused_and_not_made() -> None:
    claims = jwt.decode(token(), options={"verify_signature": False})
    with pytest.raises(Refused):
        links.read(jwt.encode(claims | {"action": "delete"}, LINK_SECRET), LINK_SECRET)
    with pytest.raises(ValueError, match="There is no action 'delete'; there are approve"):
        link(action="delete")


def test_without_a_signature_is_refused() -> None:
    claims = jwt.decode(token(), options={"verify_signature": False})
    with pytest.raises(Refused):
        links.read(jwt.encode(claims, "", algorithm="none"), LINK_SECRET)


def test_needs_a_secret_that_nobody_guesses() -> None:
    with pytest.raises(ConfigurationError, match="ORCHESTRATOR_LINK_SECRET has 6 bytes") as caught:
        link(secret="secret")
    assert "'secret'" not in str(caught.value)


def test_needs_an_expiry_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        link(expires_at=datetime(2026, 1, 31))  # noqa: DTZ001 - that is the point
