"""Values too large for Temporal's history, kept beside the checkpoints.

In the checkpointer's database and not in Temporal's external storage: the workers have it already, threads are backed
up and restored with their values, and a client in another language sees an explicit Ref and no payload that it cannot
read.
"""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import KeyMissing, ThreadLost
from orchestrator.large import LIMIT_BYTES as LIMIT_BYTES  # noqa: PLC0414 - others know it by this module
from orchestrator.secrets.seal import is_sealed
from orchestrator.wire import Ref


async def keep_if_large(
    store: CheckpointStore, key: str, value: Any, largest: int = LIMIT_BYTES
) -> tuple[Any, Ref | None]:
    """The value itself, or None and where it is kept now. The same key again replaces the value.

    Args:
        store: Where to.
        key: Under which name.
        value: As JSON.
        largest: How many bytes are not large yet.
    """
    data = to_json(value)
    if len(data) <= largest:
        return value, None
    await store.put_value(key, data)
    return None, Ref(store=store.name, key=key, size_bytes=len(data))


async def load_from(stores: Mapping[str, CheckpointStore], ref: Ref) -> Any:
    """The value behind a Ref, from one of the open stores, by name.

    Raises:
        ThreadLost: None of them is the Ref's, or it no longer has the value. *Not retryable.*
        KeyMissing: It is encrypted with a key that is not known here. *Retryable.*
    """
    store = stores.get(ref.store)
    if store is None:
        there_are = ", ".join(sorted(stores)) or "none"
        raise ThreadLost(f"A value of {ref.size_bytes} bytes is kept in {ref.store}; open here are: {there_are}.")
    data = await store.get_value(ref.key)
    if data is None:
        raise ThreadLost(f"{ref.store} no longer has the value {ref.key!r} of {ref.size_bytes} bytes.")
    if is_sealed(data):
        raise KeyMissing(f"The value {ref.key!r} is encrypted, and there are no keys here: set those of {ref.store}.")
    return from_json(data)


async def load(url: str, ref: Ref) -> Any:
    """The value behind a Ref, for a client: `url` is the checkpointer that it has access to.

    Raises:
        ThreadLost: See `load_from`.
        StoreUnavailable: Its database does not answer. *Retryable.*
    """
    closed = open_store(url)
    if closed.name != ref.store:
        raise ThreadLost(
            f"A value of {ref.size_bytes} bytes is kept in {ref.store}; the checkpointer here is {closed.name}. Set "
            "ORCHESTRATOR_CHECKPOINTS to where it is."
        )
    async with closed as store:
        return await load_from({store.name: store}, ref)


async def keep_for_start(url: str, key: str, value: Any) -> tuple[Any, Ref | None]:
    """`keep_if_large`, for a client; the database is opened only if it is needed.

    Raises:
        StoreUnavailable: Its database does not answer, or has other tables than this release's. *Retryable.*
    """
    if len(to_json(value)) <= LIMIT_BYTES:
        return value, None
    async with open_store(url) as store:
        await store.prepare()
        return await keep_if_large(store, key, value)
