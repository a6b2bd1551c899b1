"""`orchestrator schedule …`."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from orchestrator.cli.options import (
    EXAMPLE,
    App,
    AsGraph,
    AsJson,
    AsWorkflow,
    Config,
    GraphContext,
    GraphOptions,
    Input,
    TaskQueue,
    build,
    connected,
    moment,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from orchestrator.schedules import Schedules

group = typer.Typer(help="Start graphs and workflows by the clock.", no_args_is_help=True)

Overlap = Literal["skip", "buffer-one", "buffer-all", "cancel-other", "terminate-other", "allow-all"]
ScheduleId = Annotated[str, typer.Argument(metavar="ID", help="The schedule's id.")]
Note = Annotated[str | None, typer.Option("--note", help="Shown with the schedule.")]


@group.command("create")
def create(
    schedule_id: ScheduleId,
    name: Annotated[str, typer.Argument(metavar="GRAPH_OR_WORKFLOW", help="A graph, or a workflow type.")],
    *,
    cron: Annotated[
        list[str], typer.Option("--cron", metavar="'M H D M W'", help="When: a cron expression; may be repeated.")
    ],
    timezone: Annotated[str, typer.Option("--timezone", metavar="NAME", help="Whose clock: Europe/Berlin.")] = "UTC",
    value: Input = None,
    context: GraphContext = None,
    options: GraphOptions = None,
    overlap: Annotated[
        Overlap, typer.Option("--overlap", help="What if a run is due and the one before it has not ended.")
    ] = "skip",
    paused: Annotated[bool, typer.Option("--paused", help="Start nothing until it is resumed.")] = False,
    note: Note = None,
    as_graph: AsGraph = False,
    as_workflow: AsWorkflow = False,
    task_queue: TaskQueue = None,
    app: App = None,
    config: Config = None,
) -> None:
    """Create a schedule.

    What a name means, and where it runs, is as with `start`.
    """
    from orchestrator import names
    from orchestrator.cli.target import resolve
    from orchestrator.schedules import Plan
    from orchestrator.wire import GraphRunInput

    target = resolve(name, as_graph=as_graph, as_workflow=as_workflow, app=app, config=config, task_queue=task_queue)
    policy = target.options(options, context)
    args = [] if value is None else [value]
    if target.is_graph:
        request = build(GraphRunInput, graph=name, input=value, context=context, options=policy)
        args = [request.model_dump(mode="json", exclude_none=True)]
    plan = Plan(
        starts=name,
        workflow=names.GRAPH_RUN if target.is_graph else name,
        args=args,
        task_queue=target.task_queue,
        cron=cron,
        time_zone=timezone,
        overlap=overlap,
        paused=paused,
        note=note,
    )
    _do(lambda schedules: schedules.create(schedule_id, plan), f"created schedule {schedule_id}")


@group.command("list")
def list_(json: AsJson = False) -> None:
    """The schedules."""
    from orchestrator.cli import show

    async def go() -> None:
        found = await (await _schedules()).list()
        if json:
            show.as_json(found)
            return
        rows = [
            (
                info.schedule_id,
                info.starts,
                info.cron,
                info.time_zone,
                "paused" if info.paused else "active",
                info.next_at[0] if info.next_at else None,
                info.note,
            )
            for info in found
        ]
        show.table(("schedule", "starts", "cron", "time zone", "state", "next", "note"), rows)

    run(go())


@group.command("show")
def show_(schedule_id: ScheduleId, json: AsJson = False) -> None:
    """One schedule: when it starts what, and what it has started."""
    from orchestrator.cli import show

    async def go() -> None:
        info = await (await _schedules()).show(schedule_id)
        if json:
            show.as_json(info)
        else:
            show.facts((name.replace("_", " "), value) for name, value in info)

    run(go())


@group.command("pause")
def pause(schedule_id: ScheduleId, note: Note = None) -> None:
    """Start nothing until it is resumed."""
    _do(lambda schedules: schedules.pause(schedule_id, note), f"paused schedule {schedule_id}")


@group.command("resume")
def resume(schedule_id: ScheduleId, note: Note = None) -> None:
    """Let a paused schedule go on."""
    _do(lambda schedules: schedules.resume(schedule_id, note), f"resumed schedule {schedule_id}")


@group.command("trigger")
def trigger(schedule_id: ScheduleId) -> None:
    """Start a run now, also of a paused schedule."""
    _do(lambda schedules: schedules.trigger(schedule_id), f"triggered schedule {schedule_id}")


@group.command("backfill")
def backfill(
    schedule_id: ScheduleId,
    start: Annotated[datetime, typer.Option("--start", metavar="TIME", parser=moment, help=f"As {EXAMPLE}.")],
    end: Annotated[datetime, typer.Option("--end", metavar="TIME", parser=moment, help="As --start.")],
) -> None:
    """Start the runs that it would have had in a time that has passed."""
    _do(lambda schedules: schedules.backfill(schedule_id, start, end), f"backfilling schedule {schedule_id}")


@group.command("delete")
def delete(schedule_id: ScheduleId) -> None:
    """Delete a schedule; runs that it has started go on."""
    _do(lambda schedules: schedules.delete(schedule_id), f"deleted schedule {schedule_id}")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(group, name="schedule", rich_help_panel="Processes")


def _do(act: "Callable[[Schedules], Awaitable[None]]", said: str) -> None:
    from orchestrator.cli import show

    async def go() -> None:
        await act(await _schedules())
        show.line(said)

    run(go())


async def _schedules() -> "Schedules":
    from orchestrator.schedules import Schedules

    return Schedules((await connected()).temporal)
