"""Who takes part. Each runs a graph by its name, from start to result; its worker is a process of its own."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from benchmarks.servers import environment, stock_pool, stock_saver
from benchmarks.shapes import SHAPES, Shape
from orchestrator.devserver import DevServer, stop

START_TIMEOUT_SECONDS = 60
PARTITIONS = ("{}", *(f"/_sys/{{}}/{number}" for number in (1, 2, 3)))
"""A poll goes to one of them."""


@dataclass(frozen=True)
class Contestant:
    """A way to run graphs."""

    name: str
    run: Callable[[Shape], Awaitable[Any]]
    pids: tuple[int, ...]
    """The processes that run the nodes."""
    queue: str = ""


async def polled(client: Client, queue: str, pollers: int = 1) -> None:
    """Return once so many workers poll the queue for workflows and for activities."""
    async with asyncio.timeout(START_TIMEOUT_SECONDS):
        for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
            seen: set[str] = set()
            while len(seen) < pollers:
                for partition in PARTITIONS:
                    request = DescribeTaskQueueRequest(
                        namespace=client.namespace,
                        task_queue=TaskQueue(name=partition.format(queue)),
                        task_queue_type=kind,
                    )
                    answer = await client.workflow_service.describe_task_queue(request)
                    seen |= {poller.identity for poller in answer.pollers}
                await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def child(*arguments: str, **variables: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python process, ended when the block ends."""
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment(**variables))
    try:
        yield process
    finally:
        await stop(process)


def our_process(
    temporal: DevServer, checkpoints: str, queue: str
) -> contextlib.AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """A worker of ours with its default settings."""
    arguments = ("-m", "orchestrator", "worker", "--app", "benchmarks.application:app", "--task-queue", queue)
    return child(
        *arguments,
        TEMPORAL_ADDRESS=temporal.address,
        ORCHESTRATOR_CHECKPOINTS=checkpoints,
        ORCHESTRATOR_LOG_LEVEL="error",
        ORCHESTRATOR_DRAIN_SECONDS="1",
    )


def peer_process(
    temporal: DevServer, kind: str, queue: str
) -> contextlib.AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """A worker of a peer."""
    return child("-m", "benchmarks.peer_worker", kind, temporal.address, queue)


@contextlib.asynccontextmanager
async def ours(name: str, temporal: DevServer, checkpoints: str, processes: int = 1) -> AsyncIterator[Contestant]:
    """A graph as a `GraphRun`."""
    client, queue = await temporal.client(), uuid4().hex
    async with contextlib.AsyncExitStack() as stack:
        started = [await stack.enter_async_context(our_process(temporal, checkpoints, queue)) for _ in range(processes)]
        await polled(client, queue, processes)

        async def run(shape: Shape) -> Any:
            request = {"graph": shape.name, "input": {"count": 0, "text": ""}}
            return await client.execute_workflow("GraphRun", request, id=uuid4().hex, task_queue=queue)

        yield Contestant(name, run, tuple(process.pid for process in started), queue)


@contextlib.asynccontextmanager
async def peer(name: str, temporal: DevServer, processes: int = 1) -> AsyncIterator[Contestant]:
    """The plugin; one plain activity per step; or an empty workflow with an empty activity, whatever the graph."""
    client, queue = await Client.connect(temporal.address), uuid4().hex
    async with contextlib.AsyncExitStack() as stack:
        kind = "plugin" if name == "plugin" else "steps"
        started = [await stack.enter_async_context(peer_process(temporal, kind, queue)) for _ in range(processes)]
        await polled(client, queue, processes)

        async def run(shape: Shape) -> Any:
            state = {"count": 0, "text": ""}
            arguments: dict[str, tuple[str, list[Any]]] = {
                "plugin": ("Plugged", [shape.name, state]),
                "steps": ("Steps", ["step", shape.layers, shape.width, state]),
                "empty": ("Empty", []),
            }
            workflow, args = arguments[name]
            return await client.execute_workflow(workflow, args=args, id=uuid4().hex, task_queue=queue)

        yield Contestant(name, run, tuple(process.pid for process in started), queue)


@contextlib.asynccontextmanager
async def bare(name: str, url: str | None = None, *, saver_per_run: bool = False) -> AsyncIterator[Contestant]:
    """LangGraph alone, in this process: without a checkpointer, or with its stock saver over a database."""
    async with contextlib.AsyncExitStack() as stack:
        shared, pool = None, None
        if url is not None and saver_per_run:
            pool = await stack.enter_async_context(stock_pool(url))
        elif url is not None:
            shared = await stack.enter_async_context(stock_saver(url))
        compiled = {shape: shape.build().compile(checkpointer=shared) for shape in SHAPES}

        async def run(shape: Shape) -> Any:
            graph = compiled[shape]
            if pool is not None:
                graph = graph.copy({"checkpointer": AsyncPostgresSaver(pool)})
            config: Any = {"configurable": {"thread_id": uuid4().hex}, "recursion_limit": 1000}
            durable: Any = {} if url is None else {"durability": "sync"}
            return await graph.ainvoke({"count": 0, "text": ""}, config, **durable)

        yield Contestant(name, run, (os.getpid(),))
