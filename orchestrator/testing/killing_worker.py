"""A worker that kills itself with SIGKILL, once, right after a chosen row was committed.

`KILL_AFTER` is JSON: `table` (checkpoints or writes), and any of `depth` (of the namespace: 0 is the root graph),
`channel` (of a write), `step` (of a checkpoint), `count` (the how-manieth row that fits; 1 by default). `KILL_FLAG` is
the file whose existence says that it has happened. `python -m orchestrator.testing.killing_worker`
stands in for `python -m orchestrator`.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orchestrator.cli import main

WANTED: dict[str, Any] = json.loads(os.environ.get("KILL_AFTER", "{}"))
FLAG = Path(os.environ.get("KILL_FLAG", "killed"))
seen = 0


def die_if(table: str, namespace: str, **facts: Any) -> None:
    """Kill this process if the row that was just committed is the one."""
    global seen  # noqa: PLW0603 - one process, one count
    if WANTED.get("table") != table or FLAG.exists():
        return
    depth = namespace.count("|") + 1 if namespace else 0
    if WANTED.get("depth", depth) != depth:
        return
    for name, values in facts.items():
        if name in WANTED and WANTED[name] not in values:
            return
    seen += 1
    if seen == WANTED.get("count", 1):
        FLAG.write_text(f"{table} row {seen} in namespace {namespace!r}: {facts}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def arm(saver: type[Any]) -> None:
    """Make a saver class call `die_if` after each commit."""
    put, put_writes = saver.aput, saver.aput_writes

    async def aput(self: Any, config: Any, checkpoint: Any, metadata: Any, versions: Any) -> Any:
        written = await put(self, config, checkpoint, metadata, versions)
        die_if("checkpoints", config["configurable"].get("checkpoint_ns", ""), step=[metadata.get("step")])
        return written

    async def aput_writes(
        self: Any, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await put_writes(self, config, writes, task_id, task_path)
        die_if("writes", config["configurable"].get("checkpoint_ns", ""), channel=[channel for channel, _ in writes])

    saver.aput, saver.aput_writes = aput, aput_writes


SAVERS = (
    ("sqlite", "FencedSqliteSaver"),
    ("postgres", "FencedPostgresSaver"),
    ("redis", "FencedRedisSaver"),
    ("dynamodb", "FencedDynamoSaver"),
)
"""What each store writes with, by its module in `orchestrator.checkpoints`."""

if __name__ == "__main__":
    for store, saver in SAVERS:
        with contextlib.suppress(ModuleNotFoundError):  # its driver is not installed, so this worker does not use it
            arm(getattr(importlib.import_module(f"orchestrator.checkpoints.{store}"), saver))
    sys.argv[0] = "orchestrator"
    main()
