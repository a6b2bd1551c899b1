import pytest

from orchestrator.identity.tokens import Verifier, mint
from tests.identity.keys import AUDIENCE, ISSUER, PRIVATE, SECRET, key_server, key_set, shared, signed, verifier


async def test_signed_with_the_shared_key_says_who_decides_on_what() -> None:
    admission = await verifier().verify(shared(jti="token-1"), "loan-1")
    assert (admission.subject, admission.groups) == ("ann", ["underwriters"])
    assert (admission.task_id, admission.token_id, admission.link) == ("task-1", "token-1", False)
    assert admission.expires_at is not None
    assert admission.action is None


@pytest.mark.parametrize("algorithm", PRIVATE)
async def test_signed_with_a_private_key_counts_as_well(algorithm: str) -> None:
    async with key_server() as server, key_set(server) as keys:
        admission = await verifier(keys, secret=None).verify(signed(algorithm), "loan-1")
    assert admission.subject == "ann"


async def test_that_was_minted_here_is_good() -> None:
    token = mint(
        secret=SECRET,
        issuer=ISSUER,
        audience=AUDIENCE,
        subject="bo",
        workflow_id="loan-2",
        task_id="task-7",
        groups=["it"],
    )
    admission = await verifier().verify(token, "loan-2")
    assert (admission.subject, admission.groups, admission.task_id) == ("bo", ["it"], "task-7")


async def test_may_list_its_groups_under_another_claim() -> None:
    roles = Verifier(secret=SECRET, issuer=ISSUER, audience=AUDIENCE, groups_claim="roles")
    assert (await roles.verify(shared(groups=None, roles=["seniors"]), "loan-1")).groups == ["seniors"]


async def test_needs_no_groups() -> None:
    assert (await verifier().verify(shared(groups=None), "loan-1")).groups == []
