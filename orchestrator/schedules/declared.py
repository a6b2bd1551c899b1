"""Schedules that an application declares: what of them the server does not have yet, and making it so."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from orchestrator import names
from orchestrator.errors import ConfigurationError, Refused
from orchestrator.model import Record, reasons
from orchestrator.schedules.plan import Plan, Thread
from orchestrator.wire import GraphRunInput

if TYPE_CHECKING:
    from orchestrator.app import Orchestrator
    from orchestrator.schedules.service import Schedules


class Declared(Record):
    """A schedule as an application declares it."""

    plan: Plan
    paused: bool = False
    """Only when it is created; later an operator's pause stays."""
    note: str | None = None


class Step(Record):
    """What there is to do about one schedule."""

    schedule_id: str
    what: Literal["create", "change", "unchanged", "remove", "made by hand"]
    changes: dict[str, tuple[Any, Any]] = Field(default_factory=dict)


def declare(
    app: "Orchestrator",
    name: str,
    starts: Any,
    *,
    input: Any = None,  # noqa: A002 - LangGraph's word for it
    context: dict[str, Any] | None = None,
    options: Any = None,
    thread: Thread = "fresh",
    paused: bool = False,
    note: str | None = None,
    task_queue: str | None = None,
    **when: Any,
) -> Declared:
    """A schedule of the application's; see `Orchestrator.schedule`.

    Raises:
        ConfigurationError: It makes no sense. *Not retryable.*
    """
    definition = getattr(starts, "__temporal_workflow_definition", None)
    graph = app.graphs.get(starts) if isinstance(starts, str) else None
    known = {names.RETENTION} | {getattr(cls, "__temporal_workflow_definition").name for cls in app.workflows}
    workflow = definition.name if definition else starts
    if not name or name in app.schedules:
        raise ConfigurationError(f"A schedule needs a name of its own, not {name!r}.")
    if graph is None and workflow not in known:
        raise ConfigurationError(f"Schedule {name!r} starts {workflow!r}; register that graph or workflow first.")
    if graph is None and (thread != "fresh" or context is not None or options is not None):
        raise ConfigurationError(f"Schedule {name!r}: thread, context and options are a graph's, not a workflow's.")
    for few in ("cron", "every", "calendars", "skip"):
        if few in when and not isinstance(when[few], list | tuple):
            when[few] = [when[few]]
    given = input.model_dump(mode="json") if isinstance(input, BaseModel) else input
    try:
        args = [] if given is None else [given]
        if graph is not None:
            args = [graph_input(graph.name, given, context, options, name if thread == "continued" else None)]
        plan = Plan(
            workflow=names.GRAPH_RUN if graph else workflow,
            args=args,
            task_queue=task_queue or app.name,
            declared_by=app.name,
            **when,
        )
    except (ValidationError, ValueError) as error:
        why = reasons(error) if isinstance(error, ValidationError) else error
        raise ConfigurationError(f"Schedule {name!r}: {why}.") from error
    if thread == "continued":
        check_keeps_threads(name, (graph.checkpointer if graph else None) or "")
    return Declared(plan=plan, paused=paused, note=note)


def graph_input(
    graph: str, value: Any, context: dict[str, Any] | None, options: Any, thread: str | None
) -> dict[str, Any]:
    """The start input of a GraphRun, as JSON.

    Raises:
        ValidationError: It makes no sense.
    """
    request = GraphRunInput(graph=graph, input=value, context=context, options=options, thread=thread)
    return request.model_dump(mode="json", exclude_none=True)


def check_keeps_threads(name: str, checkpoints: str) -> None:
    """Refuse a continued thread that a worker's end would end.

    Raises:
        Refused: The checkpointer is memory. *Not retryable.*
    """
    if checkpoints.startswith("memory:"):
        raise Refused(f"Schedule {name!r}: a continued thread needs a database; memory:// forgets it with the worker.")


async def steps(schedules: "Schedules", app: "Orchestrator", task_queue: str) -> list[Step]:
    """What there is to do, the removals last. Schedules made by hand and those of other applications are no matter."""
    found = [await _step(schedules, name, _on(one.plan, app, task_queue)) for name, one in app.schedules.items()]
    gone = [
        Step(schedule_id=info.schedule_id, what="remove")
        for info in await schedules.list()
        if info.declared_by == app.name and info.schedule_id not in app.schedules
    ]
    return found + gone


async def carry_out(
    schedules: "Schedules",
    app: "Orchestrator",
    task_queue: str,
    todo: list[Step],
    *,
    prune: bool,
    by: str | None = None,
) -> None:
    """Do it; what is no longer declared is deleted only with `prune`.

    Args:
        schedules: Of the server.
        app: Declares them.
        task_queue: Where its workers are.
        todo: What `steps` found.
        prune: Whether to delete what is no longer declared.
        by: Who does it: the starter of the runs of each schedule that is created now and does not name another.

    Raises:
        Refused: One that was made by hand has a declared one's name. *Not retryable.*
    """
    for step in todo:
        if step.what in ("create", "change"):
            declared = app.schedules[step.schedule_id]
            plan = _on(declared.plan, app, task_queue)
            if plan.by is None:
                known = await schedules.plan(step.schedule_id)
                plan = plan.model_copy(update={"by": (known.by if known else None) or by})
            paused = declared.paused if step.what == "create" else None
            await schedules.create(step.schedule_id, plan, paused=paused, note=declared.note, replace=True, idle=True)
        elif step.what == "remove" and prune:
            await schedules.delete(step.schedule_id)
    if by_hand := [step.schedule_id for step in todo if step.what == "made by hand"]:
        raise Refused(
            f"{', '.join(by_hand)}: made by hand, or by another application, under a declared schedule's name; left as "
            "it is. Delete it or declare another name."
        )


def _on(plan: Plan, app: "Orchestrator", task_queue: str) -> Plan:
    """The plan on the task queue that the workers have, unless it names its own."""
    return plan.model_copy(update={"task_queue": task_queue}) if plan.task_queue == app.name else plan


async def _step(schedules: "Schedules", schedule_id: str, plan: Plan) -> Step:
    known = await schedules.plan(schedule_id)
    if known is None:
        return Step(schedule_id=schedule_id, what="create")
    if known.declared_by != plan.declared_by:
        return Step(schedule_id=schedule_id, what="made by hand")
    if plan.by is None:  # whoever created it stays
        plan = plan.model_copy(update={"by": known.by})
    changes = known.changes(plan)
    return Step(schedule_id=schedule_id, what="change" if changes else "unchanged", changes=changes)
