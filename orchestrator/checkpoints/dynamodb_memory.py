"""LangGraph's long-term memory in the same table, without an index."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)
from langgraph.store.memory import _compare_values, _does_match

from orchestrator.checkpoints import dynamodb_client
from orchestrator.checkpoints.dynamodb_client import Dynamo, key
from orchestrator.checkpoints.dynamodb_keys import escape, text, unescape
from orchestrator.checkpoints.dynamodb_large import PLACES, Large
from orchestrator.checkpoints.from_threads import result_in

MEMORY = "memory"
Namespace = tuple[str, ...]


class DynamoMemory(BaseStore):
    """Items by namespace and key. A search reads all that is below its prefix and filters it here; one by meaning
    finds the same as one without, as in any store of LangGraph's that has no index.

    Not langgraph-checkpoint-aws's `DynamoDBStore`: it joins a namespace with colons that its parts may have in them,
    and scans the table for each search.
    """

    def __init__(self, dynamo: Dynamo, large: Large) -> None:
        self._dynamo = dynamo
        self._large = large
        self._loop = asyncio.get_running_loop()

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        return result_in(self._loop, self.abatch(ops))

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The results of operations; what they put is seen by later calls.

        Raises:
            StoreUnavailable: DynamoDB does not answer. *Retryable.*
        """
        ops = list(ops)
        results = [await self._read(op) for op in ops]
        for op in ops:
            if isinstance(op, PutOp):
                await self._put(op)
        return results

    async def _read(self, op: Op) -> Result:
        if isinstance(op, GetOp):
            found = await self._dynamo.get(MEMORY, _sort_key(op.namespace, op.key))
            opened = None if found is None else await self._opened(found)
            return None if opened is None else Item(**opened)
        if isinstance(op, SearchOp):
            return await self._search(op)
        if isinstance(op, ListNamespacesOp):
            return await self._namespaces(op)
        return None

    async def _put(self, op: PutOp) -> None:
        place = key(MEMORY, _sort_key(op.namespace, op.key))
        if op.value is None:
            value = {}
            answer = await self._dynamo("delete_item", Key=place, ReturnValues="ALL_OLD")
        else:
            value = await self._large.keep(MEMORY, json.dumps(op.value).encode())
            kept, gone = [name for name in PLACES if name in value], [name for name in PLACES if name not in value]
            answer = await self._dynamo(
                "update_item",
                Key=place,
                UpdateExpression="SET created_at = if_not_exists(created_at, :now), updated_at = :now"
                + "".join(f", #{name} = :{name}" for name in kept)
                + f" REMOVE {', '.join(f'#{name}' for name in gone)}",
                ExpressionAttributeNames={f"#{name}": name for name in PLACES},
                ExpressionAttributeValues={":now": {"S": datetime.now(UTC).isoformat()}}
                | {f":{name}": value[name] for name in kept},
                ReturnValues="ALL_OLD",
            )
        await self._large.replaced(answer.get("Attributes", {}), value)

    async def _search(self, op: SearchOp) -> list[SearchItem]:
        below = self._dynamo.query(MEMORY, _prefix(op.namespace_prefix))
        read = [await self._opened(item) async for item in below if not _is_part(item)]
        items = [SearchItem(**opened) for opened in read if opened is not None]
        wanted = (op.filter or {}).items()
        fitting = [
            item for item in items if all(_compare_values(item.value.get(name), value) for name, value in wanted)
        ]
        fitting.sort(key=lambda item: item.updated_at, reverse=True)
        return fitting[op.offset : op.offset + op.limit]

    async def _namespaces(self, op: ListNamespacesOp) -> list[Namespace]:
        names = {_parts(text(item, "sk"))[0] async for item in self._dynamo.query(MEMORY) if not _is_part(item)}
        conditions = op.match_conditions or ()
        fitting = [name for name in names if all(_does_match(condition, name) for condition in conditions)]
        return sorted({name[: op.max_depth] for name in fitting})[op.offset : op.offset + op.limit]

    async def _opened(self, found: dynamodb_client.Item) -> dict[str, Any] | None:
        """An item as it is now; None: somebody has deleted it meanwhile."""
        if (current := await self._large.current(found)) is None:
            return None
        item, value = current
        namespace, name = _parts(text(item, "sk"))
        return {
            "namespace": namespace,
            "key": name,
            "value": json.loads(value),
            "created_at": datetime.fromisoformat(text(item, "created_at")),
            "updated_at": datetime.fromisoformat(text(item, "updated_at")),
        }


def _is_part(item: dynamodb_client.Item) -> bool:
    """Whether it is a part of a large value, and no item of its own."""
    return "updated_at" not in item


def _prefix(namespace: Namespace) -> str:
    return "".join(f"{escape(part)}#" for part in namespace)


def _sort_key(namespace: Namespace, name: str) -> str:
    return f"{_prefix(namespace)}#{escape(name)}"


def _parts(sk: str) -> tuple[Namespace, str]:
    namespace, _, name = sk.partition("##")
    return tuple(map(unescape, namespace.split("#"))), unescape(name)
