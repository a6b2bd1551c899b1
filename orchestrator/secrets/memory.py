"""LangGraph's long-term memory, with the items' values sealed: namespaces and keys stay in clear."""

import base64
import json
from collections.abc import Iterable
from typing import Any

from langgraph.store.base import BaseStore, Item, Op, PutOp, Result, SearchItem, SearchOp
from langgraph.store.memory import _compare_values

from orchestrator.errors import ConfigurationError, SealBroken
from orchestrator.secrets.seal import Sealer

SEALED = "orch_sealed"
PAGE = 500
"""Items at once, where a search has to look into them."""


class SealedMemory(BaseStore):
    """Any store of LangGraph's. What a filter asks for is looked at here, so a search reads all that is below its
    prefix; a search by meaning needs values in clear, and is refused.

    Args:
        inner: Keeps what is sealed.
        sealer: The keys.
        required: Whether a value that is not sealed is refused.
    """

    def __init__(self, inner: BaseStore, sealer: Sealer, *, required: bool = False) -> None:
        self.inner = inner
        self.sealer = sealer
        self.required = required
        self.supports_ttl = inner.supports_ttl

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        ops = list(ops)
        results = self.inner.batch([self._sealed(op) for op in ops])
        return [
            self._found(op, self._all(op)) if _looks_inside(op) else self._opened(result)
            for op, result in zip(ops, results, strict=True)
        ]

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        ops = list(ops)
        results = await self.inner.abatch([self._sealed(op) for op in ops])
        return [
            self._found(op, await self._aall(op)) if _looks_inside(op) else self._opened(result)
            for op, result in zip(ops, results, strict=True)
        ]

    def _sealed(self, op: Op) -> Op:
        """The operation as the inner store may have it."""
        if isinstance(op, PutOp) and op.value is not None:
            if op.index:
                raise ConfigurationError("An encrypted memory has no index: put it without `index`.")
            data = self.sealer.seal(json.dumps(op.value).encode(), _place(op.namespace, op.key))
            return op._replace(value={SEALED: base64.b64encode(data).decode()}, index=False)
        if isinstance(op, SearchOp) and op.query:
            raise ConfigurationError("An encrypted memory cannot be searched by meaning: search by prefix and filter.")
        if isinstance(op, SearchOp) and op.filter:
            return op._replace(filter=None, limit=1, offset=0)
        return op

    def _opened(self, result: Any) -> Any:
        if isinstance(result, list):
            return [self._opened(each) for each in result]
        if not isinstance(result, Item):
            return result
        text = result.value.get(SEALED)
        if text is not None:
            data = self.sealer.open(base64.b64decode(text), _place(result.namespace, result.key))
            result.value = json.loads(data)
        elif self.required:
            raise SealBroken(
                f"The memory {'/'.join(result.namespace)}/{result.key} is not encrypted, and "
                "ORCHESTRATOR_ENCRYPTION_REQUIRED is set."
            )
        return result

    def _all(self, op: Any) -> list[SearchItem]:
        found: list[SearchItem] = []
        while True:
            [page] = self.inner.batch([op._replace(filter=None, limit=PAGE, offset=len(found))])
            found += page  # type: ignore[arg-type]
            if len(page) < PAGE:  # type: ignore[arg-type]
                return found

    async def _aall(self, op: Any) -> list[SearchItem]:
        found: list[SearchItem] = []
        while True:
            [page] = await self.inner.abatch([op._replace(filter=None, limit=PAGE, offset=len(found))])
            found += page  # type: ignore[arg-type]
            if len(page) < PAGE:  # type: ignore[arg-type]
                return found

    def _found(self, op: Any, items: list[SearchItem]) -> list[SearchItem]:
        fitting = [
            item
            for item in self._opened(items)
            if all(_compare_values(item.value.get(key), wanted) for key, wanted in op.filter.items())
        ]
        return fitting[op.offset : op.offset + op.limit]


def _looks_inside(op: Op) -> bool:
    return isinstance(op, SearchOp) and bool(op.filter)


def _place(namespace: tuple[str, ...], key: str) -> tuple[str, ...]:
    return ("memory", *namespace, key)
