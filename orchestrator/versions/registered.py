"""Which workflow types an application's workers know, and which of the running ones they do not."""

import json
from collections.abc import AsyncIterator

from orchestrator.app import Orchestrator
from orchestrator.reader import Reader
from orchestrator.rpc import translated
from orchestrator.versions.compat import Standing, running_on
from orchestrator.workflow import GraphRun
from orchestrator.workflow.retention import Retention


def types_of(app: Orchestrator) -> list[str] | None:
    """The workflow types that a worker of the application runs; None: all, one of its workflows is dynamic."""
    definitions = [vars(cls)["__temporal_workflow_definition"] for cls in (GraphRun, Retention, *app.workflows)]
    names = [definition.name for definition in definitions]
    return None if None in names else sorted(names)


def of_known_types(app: Orchestrator, task_queue: str) -> str:
    """The visibility query for what runs on a task queue now and is of a type that the application has."""
    types = types_of(app)
    known = "" if types is None else f" AND WorkflowType IN ({', '.join(map(json.dumps, types))})"
    return running_on(task_queue) + known


async def unregistered(app: Orchestrator, client: Reader, task_queue: str) -> AsyncIterator[Standing]:
    """The workflows that run on the task queue now and that no worker of this application could go on with."""
    types = types_of(app)
    if types is None:
        return
    wanted = f"{running_on(task_queue)} AND WorkflowType NOT IN ({', '.join(map(json.dumps, types))})"
    with translated("The list"):
        async for execution in client.temporal.list_workflows(wanted):
            yield Standing(
                workflow_id=execution.id,
                stage="",
                graph="",
                fingerprint=None,
                verdict="stuck",
                detail=f"the application has no workflow {execution.workflow_type!r}; it has: {', '.join(types)}",
            )
