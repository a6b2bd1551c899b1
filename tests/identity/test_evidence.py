"""The local activity, on its own: Evidence in, Admission out."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from orchestrator.activity.admit import admitter
from orchestrator.calls import Admission, Evidence, Wait
from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.checkpoints.values import LIMIT_BYTES, keep_if_large
from orchestrator.identity.tokens import Verifier
from orchestrator.wire import Decision, Ref
from tests.identity.keys import key_server, key_set, shared, signed, verifier

FORM = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


async def admission(
    evidence: Evidence, verifies: Verifier | None = None, stores: dict[str, CheckpointStore] | None = None
) -> Admission:
    found: Admission = await ActivityEnvironment().run(admitter(verifies, stores or {}), evidence)
    return found


def by_reference(ref: Ref, form: Any = None, wait: Wait | None = None) -> Evidence:
    decision = Decision(action="edit", by="ann", values_ref=ref)
    return Evidence(workflow_id="loan-1", decision=decision, form=form, wait=wait)


async def test_of_a_good_token_names_its_subject() -> None:
    assert (await admission(Evidence(workflow_id="loan-1", token=shared()), verifier())).subject == "ann"


async def test_of_a_bad_token_is_refused_and_not_raised() -> None:
    found = await admission(Evidence(workflow_id="loan-2", token=shared()), verifier())
    assert found == Admission(refused="The token is bound to another workflow: loan-1.")


async def test_where_no_keys_are_configured_says_what_to_set() -> None:
    found = await admission(Evidence(workflow_id="loan-1", token=shared()))
    assert found.subject is None
    assert "ORCHESTRATOR_TOKEN_SECRET" in (found.refused or "")


async def test_that_cannot_be_looked_at_now_is_looked_at_again() -> None:
    async with key_server() as server, key_set(server) as keys:
        await server.stop()
        with pytest.raises(ApplicationError) as caught:
            await admission(Evidence(workflow_id="loan-1", token=signed("ES256")), verifier(keys))
    assert (caught.value.type, caught.value.non_retryable) == ("Outage", False)


async def test_of_values_by_reference_is_checked_against_the_form() -> None:
    async with open_store("memory://") as store:
        stores = {store.name: store}
        _, good = await keep_if_large(store, "loan-1/a", {"text": "x" * LIMIT_BYTES})
        _, bad = await keep_if_large(store, "loan-1/b", {"text": ["x" * LIMIT_BYTES]})
        assert good is not None
        assert bad is not None
        assert await admission(by_reference(good, FORM), None, stores) == Admission()
        assert "do not fit the form" in ((await admission(by_reference(bad, FORM), None, stores)).refused or "")


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        (Ref(store="memory://", key="loan-1/gone", size_bytes=300_000), "no longer has the value"),
        (Ref(store="postgresql://elsewhere/db", key="loan-1/a", size_bytes=300_000), "open here are: memory://"),
        (Ref(store="memory://", key="loan-2/a", size_bytes=300_000), "are not this workflow's"),
        (Ref(store="memory://", key="loan-10/a", size_bytes=300_000), "are not this workflow's"),
    ],
)
async def test_of_values_that_cannot_be_had_is_refused(ref: Ref, reason: str) -> None:
    async with open_store("memory://") as store:
        await store.put_value("loan-2/a", b'{"text": "another workflow\'s"}')
        assert reason in ((await admission(by_reference(ref), None, {"memory://": store})).refused or "")
