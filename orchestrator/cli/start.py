"""`orchestrator start`."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli.options import (
    App,
    AsGraph,
    AsJson,
    AsWorkflow,
    By,
    Config,
    GraphContext,
    GraphOptions,
    Input,
    TaskQueue,
    connected,
    filled,
    run,
    user_if_known,
)

if TYPE_CHECKING:
    from orchestrator.cli.target import Target
    from orchestrator.client import OrchestratorClient, Run
    from orchestrator.info import WorkflowInfo

LOOK_EVERY_SECONDS = 1
HERE = ("localhost", "127.0.0.1")
ATTEMPTS = 15
"""To reach a server on this machine."""


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Processes")(start)


def start(
    name: Annotated[str, typer.Argument(metavar="GRAPH_OR_WORKFLOW", help="A graph, or a workflow type.")],
    *,
    id_: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", parser=filled, help="Its workflow id. Default: the name and a random part."),
    ] = None,
    value: Input = None,
    context: GraphContext = None,
    options: GraphOptions = None,
    by: By = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end and print its result.")] = False,
    as_graph: AsGraph = False,
    as_workflow: AsWorkflow = False,
    task_queue: TaskQueue = None,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """Start a graph, or a workflow.

    The application (--app, --config, the settings, or a langgraph.json here) says which of the two a name is. Without
    one, a name that begins with an upper-case letter is a workflow type's; --graph and --workflow settle it.
    """
    from orchestrator.cli import show
    from orchestrator.cli.target import resolve
    from orchestrator.client import new_id

    target = resolve(name, as_graph=as_graph, as_workflow=as_workflow, app=app, config=config, task_queue=task_queue)
    policy = target.options(options, context)
    workflow_id = id_ or new_id(target.name)
    starter = user_if_known(by)

    async def go() -> None:
        client = await _connected(target)
        if target.is_graph:
            started = await client.start_graph(
                name, value, id=workflow_id, context=context, options=policy, started_by=starter
            )
        else:
            given = [] if value is None else [value]
            started = await client.start_workflow(name, *given, id=workflow_id, started_by=starter)
        if await client.pollers() == 0:
            show.remark(f"No worker polls task queue {target.task_queue!r} yet: nothing runs until one does.")
        said = {"workflow_id": started.workflow_id, "run_id": started.run_id, "task_queue": target.task_queue}
        if not wait:
            show.as_json(said) if json else show.line(f"started {workflow_id} on task queue {target.task_queue}")
            return
        show.remark(f"started {workflow_id} on task queue {target.task_queue}; waiting for its end")
        result = await _end(client, started)
        show.as_json({**said, "result": result} if json else result)

    try:
        run(go())
    except KeyboardInterrupt:
        show.remark(f"no longer waiting: see `orchestrator status {workflow_id}`")
        raise


async def _connected(target: "Target") -> "OrchestratorClient":
    """Our client. A server on this machine may just be coming up (`orchestrator dev &`), and is waited for."""
    from orchestrator.cli import show
    from orchestrator.connect import Unreachable, connection

    here = connection()["target_host"].partition(":")[0] in HERE
    for attempt in range(1, ATTEMPTS if here else 1):
        try:
            return await connected(target.task_queue, target.checkpoints)
        except Unreachable:
            if attempt == 1:
                show.remark("no Temporal server answers yet; waiting a moment for one")
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    return await connected(target.task_queue, target.checkpoints)


async def _end(client: "OrchestratorClient", started: "Run") -> Any:
    """The result; whatever it waits for meanwhile is said once."""
    from orchestrator.cli import show

    result = asyncio.create_task(client.result(started.workflow_id, run_id=started.run_id))
    said = "running"
    while not (await asyncio.wait([result], timeout=LOOK_EVERY_SECONDS))[0]:
        info = await client.describe(started.workflow_id)
        if info.state != said and info.open:
            show.remark(f"it is {info.state}{_meaning(info)}")
            said = info.state
    return await result


def _meaning(info: "WorkflowInfo") -> str:
    if info.state == "parked":
        return f": see `orchestrator status {info.workflow_id}`, mend the cause, then `orchestrator recover`"
    return "".join(f"; task {task.task_id}: {task.title}" for task in info.tasks)
