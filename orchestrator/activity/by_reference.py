"""What is too large for an activity to be told, or to tell, lies beside the checkpoints."""

from collections.abc import Mapping, Sequence

from orchestrator.activity.waits import head_of
from orchestrator.calls import ResumeValue, Wait
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.checkpoints.values import keep_if_large, load_from
from orchestrator.errors import BadInput
from orchestrator.form import resume_value
from orchestrator.large import LIMIT_BYTES, MOST_BYTES, size
from orchestrator.requests import AskRequest


async def loaded(stores: Mapping[str, CheckpointStore], answer: ResumeValue) -> ResumeValue:
    """The answer, with what travelled by reference.

    Raises:
        ThreadLost: It is no longer there. *Not retryable.*
    """
    if answer.value_ref is not None:
        return answer.model_copy(update={"value": await load_from(stores, answer.value_ref)})
    decision = answer.decision
    if decision is None or decision.values_ref is None:
        return answer
    values = await load_from(stores, decision.values_ref)
    if answer.value is not None:  # of an `ask`: all but the values
        whole = {key: value for key, value in answer.value.items() if key != "values_ref"} | {"values": values}
    else:
        whole = resume_value(decision.model_copy(update={"values": values, "values_ref": None}), answer.wait)
    return answer.model_copy(update={"value": whole})


async def lightened(store: CheckpointStore, thread_id: str, waits: Sequence[Wait]) -> list[Wait]:
    """The waits, with the payloads kept beside the checkpoints that are large, or are too many together.

    Raises:
        BadInput: What remains is still more than an activity can tell. *Not retryable.*
    """
    payloads = sum(size(wait.payload) for wait in waits)
    largest = LIMIT_BYTES if payloads <= MOST_BYTES // 2 else MOST_BYTES // 2 // len(waits)
    light = [await _lightened(store, f"{thread_id}/{wait.interrupt_id}", wait, largest) for wait in waits]
    asked = sum(map(size, light))
    if asked > MOST_BYTES * 3 // 2:
        raise BadInput(
            f"What the graph asks comes to {asked} bytes even without its payloads, and Temporal takes 2 MB: ask less "
            "at once, with shorter descriptions and smaller forms."
        )
    return light


async def _lightened(store: CheckpointStore, key: str, wait: Wait, largest: int) -> Wait:
    _, ref = await keep_if_large(store, key, wait.payload, largest)
    if ref is None:
        return wait
    request = wait.request
    if isinstance(request, AskRequest):
        request = request.model_copy(update={"payload": None})
    return wait.model_copy(update={"payload": head_of(wait), "payload_ref": ref, "request": request})
