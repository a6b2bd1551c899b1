"""Stages that park, and what brings them on."""

from typing import Any

from tests.support.local import Handle, until


async def parked(handle: Handle) -> dict[str, Any]:
    """The parked stage, as soon as it is."""
    status = await until(handle, lambda status: status["state"] == "parked")
    (stage,) = [stage for stage in status["stages"] if stage["state"] == "parked"]
    found: dict[str, Any] = stage
    return found


async def recover(handle: Handle, action: str, **fields: Any) -> dict[str, Any]:
    """The status after a recovery."""
    recovery = {"action": action, "by": "op", "reason": "a test", **fields}
    status: dict[str, Any] = await handle.execute_update("recover", recovery)
    return status
