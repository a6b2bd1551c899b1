"""Driving a GraphRun from outside, by the wire alone."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

FAST_RECOVERY = {"heartbeat_timeout": "PT2S", "retry": {"initial_interval": "PT0.1S"}}
"""Options under which a dead worker is noticed within two seconds."""


async def start(
    client: Client, graph: str, value: Any = None, *, task_queue: str = "orchestrator", **options: Any
) -> WorkflowHandle[Any, Any]:
    """Start a graph of a langgraph.json application."""
    request = {"graph": graph, "input": {"log": []} if value is None else value}
    return await client.start_workflow(
        "GraphRun",
        request | {"options": FAST_RECOVERY | options},
        id=f"{graph}-{uuid4()}",
        task_queue=task_queue,
    )


async def until(handle: WorkflowHandle[Any, Any], holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The status, as soon as `holds` says so of it."""
    async with asyncio.timeout(60):
        while True:
            status: dict[str, Any] = await handle.query("status")
            if holds(status):
                return status
            await asyncio.sleep(0.05)


async def open_tasks(handle: WorkflowHandle[Any, Any], count: int = 1) -> list[dict[str, Any]]:
    """The open tasks, as soon as there are `count` and no stage runs."""
    await until(handle, lambda status: status["tasks"] == count and status["state"] == "waiting")
    tasks: list[dict[str, Any]] = await handle.query("tasks")
    return tasks


async def answer(handle: WorkflowHandle[Any, Any], value: Any, payload: Any = None) -> None:
    """Answer the open task whose payload is `payload`, or the only one."""
    tasks = await open_tasks_like(handle, payload)
    await handle.signal("decide", {"task_id": tasks["task_id"], "action": "approve", "values": value, "by": "ann"})


async def open_tasks_like(handle: WorkflowHandle[Any, Any], payload: Any) -> dict[str, Any]:
    """The open task with that payload, as soon as there is one."""
    async with asyncio.timeout(60):
        while True:
            tasks: list[dict[str, Any]] = await handle.query("tasks")
            for task in tasks:
                if payload is None or task["payload"] == payload:
                    return task
            await asyncio.sleep(0.05)


async def until_idle(handle: WorkflowHandle[Any, Any]) -> None:
    """Return once no activity of it runs or is about to."""
    async with asyncio.timeout(60):
        while (await handle.describe()).raw_description.pending_activities:
            await asyncio.sleep(0.05)


async def until_told(handle: WorkflowHandle[Any, Any], text: bytes) -> None:
    """Return once its activity has told Temporal that in a heartbeat."""
    async with asyncio.timeout(60):
        while True:
            for pending in (await handle.describe()).raw_description.pending_activities:
                if any(text in payload.data for payload in pending.heartbeat_details.payloads):
                    return
            await asyncio.sleep(0.05)
