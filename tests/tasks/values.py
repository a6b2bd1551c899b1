"""Values over 256 KiB, put where clients put them."""

from typing import Any
from uuid import uuid4

from orchestrator.checkpoints.values import keep_for_start
from orchestrator.large import LIMIT_BYTES

LONG = "x" * LIMIT_BYTES


async def kept(checkpoints: str, workflow_id: str, value: Any) -> dict[str, Any]:
    """The Ref of a value that was put beside a workflow's checkpoints."""
    _, ref = await keep_for_start(checkpoints, f"{workflow_id}/{uuid4().hex}", value)
    assert ref is not None
    return ref.model_dump(mode="json")
