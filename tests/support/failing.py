"""Graphs that fail until they are mended."""

from dataclasses import dataclass, field

from tests.support.graphs import Builder, Log, chain


@dataclass
class Bench:
    """A graph of three nodes, the second of which raises until it is mended."""

    error: Exception
    ran: list[str] = field(default_factory=list)
    mended: bool = False

    def graph(self) -> Builder:
        """A builder of it."""

        def before(_state: Log) -> Log:
            self.ran.append("before")
            return {"log": ["before"]}

        def broken(_state: Log) -> Log:
            self.ran.append("broken")
            if not self.mended:
                raise self.error
            return {"log": ["broken"]}

        def after(_state: Log) -> Log:
            self.ran.append("after")
            return {"log": ["after"]}

        return chain(before, broken, after)
