"""Nodes that stop at a gate until the test opens it."""

import asyncio
from dataclasses import dataclass, field

from tests.support.graphs import Log

LIMIT_SECONDS = 20


@dataclass
class Gate:
    """A node that stops, and how it fared."""

    word: str = "gated"
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    told: asyncio.Event = field(default_factory=asyncio.Event)
    """It was cancelled."""
    begun: int = 0
    finished: int = 0

    async def gated(self, _state: Log) -> Log:
        """The node."""
        await self.passed()
        return {"log": [self.word]}

    async def passed(self) -> str:
        """Stop here until the gate is open."""
        self.begun += 1
        self.entered.set()
        try:
            await asyncio.wait_for(self.opened.wait(), LIMIT_SECONDS)
        except asyncio.CancelledError:
            self.told.set()
            raise
        self.finished += 1
        return self.word
