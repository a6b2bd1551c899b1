"""The recorded step that looks at what a workflow cannot: a token's signature, and values that travel by reference."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from temporalio import activity

from orchestrator import form, names
from orchestrator.activity.failures import to_application_error
from orchestrator.calls import Admission, Evidence
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.checkpoints.values import load_from
from orchestrator.errors import GraphFailure, Refused, ThreadLost

if TYPE_CHECKING:
    from orchestrator.identity.tokens import Verifier

NO_KEYS = (
    "The token cannot be verified: no keys are configured here. Set ORCHESTRATOR_TOKEN_SECRET or "
    "ORCHESTRATOR_TOKEN_JWKS_URL, or for links ORCHESTRATOR_LINK_SECRET, on the workers."
)


def admitter(verifier: "Verifier | None", stores: Mapping[str, CheckpointStore]) -> Callable[..., Any]:
    """The local activity `orchestrator.admit` of one worker.

    Args:
        verifier: Of tokens; without one, each is refused.
        stores: Where values are kept, by name.
    """

    @activity.defn(name=names.ADMIT)
    async def admit(evidence: Evidence) -> Admission:
        """Whom the token names, and whether the values fit; what is wrong stands in `refused`.

        Raises:
            ApplicationError: Of type Outage or StoreUnavailable: keys or values cannot be had now. *Retryable.*
        """
        try:
            admission = await _whose(evidence, verifier)
            await _check_values(evidence, stores)
        except (Refused, ThreadLost) as error:
            return Admission(refused=str(error))
        except GraphFailure as error:
            raise to_application_error(error) from error
        return admission

    return admit


async def _whose(evidence: Evidence, verifier: "Verifier | None") -> Admission:
    if evidence.token is None:
        return Admission()
    if verifier is None:
        raise Refused(NO_KEYS)
    return await verifier.verify(evidence.token, evidence.workflow_id)


async def _check_values(evidence: Evidence, stores: Mapping[str, CheckpointStore]) -> None:
    decision = evidence.decision
    ref = evidence.payload_ref if decision is None else decision.values_ref
    if ref is None:
        return
    if not ref.key.startswith(f"{evidence.workflow_id}/"):
        # Whoever may send a message could otherwise have any other workflow's values read to this one's graph.
        raise Refused(f"The values {ref.key!r} are not this workflow's; keep them under {evidence.workflow_id}/….")
    values = await load_from(stores, ref)
    if decision is not None:
        form.check(decision.model_copy(update={"values": values, "values_ref": None}), evidence.form, evidence.wait)
