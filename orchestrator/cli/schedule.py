"""`orchestrator schedule …`."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from orchestrator.cli.options import (
    EXAMPLE,
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
    build,
    connected,
    json_object,
    moment,
    run,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from orchestrator.schedules.service import Schedules

group = typer.Typer(help="Start graphs and workflows by the clock.", no_args_is_help=True)

Overlap = Literal["skip", "buffer-one", "buffer-all", "cancel-other", "terminate-other", "allow-all"]
ScheduleId = Annotated[str, typer.Argument(metavar="ID", help="The schedule's id.")]
Note = Annotated[str | None, typer.Option("--note", help="Shown with the schedule.")]
Why = Annotated[str | None, typer.Option("--note", help="Why; put behind the schedule's own note, with who did it.")]
OtherOverlap = Annotated[
    Overlap | None, typer.Option("--overlap", help="What if another run has not ended. Default: they run at once.")
]


def duration(given: str) -> timedelta:
    """The duration of an option, ISO 8601.

    Raises:
        typer.BadParameter: It is none.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(timedelta).validate_python(given)
    except ValidationError as error:
        raise typer.BadParameter(f"{given!r} is no duration; write it as PT6H, P1D or PT90S.") from error


def _duration(flag: str, text: str) -> Any:
    return typer.Option(flag, metavar="DURATION", parser=duration, help=text)


def _moment(flag: str, text: str) -> Any:
    return typer.Option(flag, metavar="TIME", parser=moment, help=text)


def _times(flag: str, text: str) -> Any:
    return typer.Option(flag, metavar="JSON", parser=json_object, help=text)


@group.command("create")
def create(
    schedule_id: ScheduleId,
    name: Annotated[str, typer.Argument(metavar="GRAPH_OR_WORKFLOW", help="A graph, or a workflow type.")],
    *,
    cron: Annotated[
        list[str] | None,
        typer.Option("--cron", metavar="'M H D M W'", help="When: a cron expression; may be repeated."),
    ] = None,
    every: Annotated[list[timedelta] | None, _duration("--every", "When: at an interval, PT6H.")] = None,
    offset: Annotated[timedelta | None, _duration("--offset", "How much later than that.")] = None,
    calendar: Annotated[list[Any] | None, _times("--calendar", 'When: {"hour": "9-17", "month": "JAN"}.')] = None,
    skip: Annotated[list[Any] | None, _times("--skip", "And when not; as --calendar.")] = None,
    timezone: Annotated[str, typer.Option("--timezone", metavar="NAME", help="Whose clock: Europe/Berlin.")] = "UTC",
    start_at: Annotated[datetime | None, _moment("--start-at", f"Not before; as {EXAMPLE}.")] = None,
    end_at: Annotated[datetime | None, _moment("--end-at", "Not after.")] = None,
    jitter: Annotated[timedelta | None, _duration("--jitter", "Each run begins up to this much later.")] = None,
    value: Input = None,
    context: GraphContext = None,
    options: GraphOptions = None,
    thread: Annotated[
        Literal["fresh", "continued"],
        typer.Option("--thread", help="Each run on its own thread, or on from the last state."),
    ] = "fresh",
    overlap: Annotated[
        Overlap, typer.Option("--overlap", help="What if a run is due and the one before it has not ended.")
    ] = "skip",
    catch_up: Annotated[
        timedelta | None, _duration("--catch-up", "How old a run that the server missed may be. Default: a year.")
    ] = None,
    pause_on_failure: Annotated[
        bool, typer.Option("--pause-on-failure", help="Start nothing more after a run that failed.")
    ] = False,
    paused: Annotated[bool, typer.Option("--paused", help="Start nothing until it is resumed.")] = False,
    note: Note = None,
    by: By = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change one of that id that differs.")] = False,
    as_graph: AsGraph = False,
    as_workflow: AsWorkflow = False,
    task_queue: TaskQueue = None,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """Create a schedule. Safe to repeat.

    What a name means, and where it runs, is as with `start`.
    """
    from pydantic import ValidationError
    from temporalio.service import RPCError, RPCStatusCode

    from orchestrator import names
    from orchestrator.cli import show
    from orchestrator.cli.options import user_if_known
    from orchestrator.cli.target import resolve
    from orchestrator.errors import Refused
    from orchestrator.model import reasons
    from orchestrator.schedules.declared import check_keeps_threads, graph_input
    from orchestrator.schedules.plan import Plan
    from orchestrator.settings import load

    target = resolve(name, as_graph=as_graph, as_workflow=as_workflow, app=app, config=config, task_queue=task_queue)
    policy = target.options(options, context)
    if thread == "continued":
        if not target.is_graph:
            raise typer.BadParameter(f"--thread is a graph's, and {name} is a workflow.")
        check_keeps_threads(schedule_id, target.checkpoints or load().checkpoints)
    args = [] if value is None else [value]
    if target.is_graph:
        try:
            args = [graph_input(name, value, context, policy, schedule_id if thread == "continued" else None)]
        except ValidationError as error:
            raise typer.BadParameter(f"{reasons(error)}.") from error
    optional = {"offset": offset, "jitter": jitter, "catch_up": catch_up}
    plan = build(
        Plan,
        workflow=names.GRAPH_RUN if target.is_graph else name,
        args=args,
        task_queue=target.task_queue,
        cron=cron or [],
        every=every or [],
        calendars=calendar or [],
        skip=skip or [],
        time_zone=timezone,
        start_at=start_at,
        end_at=end_at,
        overlap=overlap,
        pause_on_failure=pause_on_failure,
        by=user_if_known(by),
        **{name: given for name, given in optional.items() if given is not None},
    )

    async def go() -> None:
        schedules = await _schedules()
        try:
            done = await schedules.create(schedule_id, plan, paused=paused or None, note=note, replace=replace)
        except Refused as error:
            if isinstance(error.__cause__, RPCError) and error.__cause__.status == RPCStatusCode.INVALID_ARGUMENT:
                raise typer.BadParameter(str(error)) from error  # a cron expression or a time zone that is none
            raise
        if await schedules.never_starts(schedule_id):
            show.remark(f"No time is left at which schedule {schedule_id} starts anything.")
        said = {"schedule_id": schedule_id, "done": done}
        show.as_json(said) if json else show.line(f"{done} schedule {schedule_id}")

    run(go())


@group.command("list")
def list_(json: AsJson = False) -> None:
    """The schedules."""
    from orchestrator.cli import show
    from orchestrator.cli.scheduled import COLUMNS, row

    async def go() -> None:
        found = await (await _schedules()).list()
        if json:
            show.as_json(found)
            return
        show.table(COLUMNS, map(row, found), nothing="No schedules.")

    run(go())


@group.command("show")
def show_(schedule_id: ScheduleId, json: AsJson = False) -> None:
    """One schedule: when it starts what, and what it has started."""
    from orchestrator.cli import show
    from orchestrator.cli.scheduled import facts

    async def go() -> None:
        info = await (await _schedules()).show(schedule_id)
        if json:
            show.as_json(info)
            return
        show.facts(facts(info))

    run(go())


@group.command("pause")
def pause(schedule_id: ScheduleId, note: Why = None, by: By = None) -> None:
    """Start nothing until it is resumed."""
    who = _who(by)
    _do(lambda schedules: schedules.pause(schedule_id, note, who), f"paused schedule {schedule_id}")


@group.command("resume")
def resume(schedule_id: ScheduleId, note: Why = None, by: By = None) -> None:
    """Let a paused schedule go on."""
    who = _who(by)
    _do(lambda schedules: schedules.resume(schedule_id, note, who), f"resumed schedule {schedule_id}")


@group.command("trigger")
def trigger(schedule_id: ScheduleId, overlap: OtherOverlap = None) -> None:
    """Start a run now, also of a paused schedule."""
    _do(lambda schedules: schedules.trigger(schedule_id, overlap), f"triggered schedule {schedule_id}")


@group.command("backfill")
def backfill(
    schedule_id: ScheduleId,
    start: Annotated[datetime, typer.Option("--start", metavar="TIME", parser=moment, help=f"As {EXAMPLE}.")],
    end: Annotated[datetime, typer.Option("--end", metavar="TIME", parser=moment, help="As --start.")],
    overlap: OtherOverlap = None,
) -> None:
    """Start the runs that it would have had in a time that has passed."""
    _do(lambda schedules: schedules.backfill(schedule_id, start, end, overlap), f"backfilling schedule {schedule_id}")


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


def _who(by: str | None) -> str | None:
    from orchestrator.cli.options import user_if_known

    return user_if_known(by)


async def _schedules() -> "Schedules":
    from orchestrator.schedules.service import Schedules

    return Schedules((await connected()).temporal)
