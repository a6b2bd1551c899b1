"""What a workflow takes along when it continues as new: everything that its handlers, tasks and timers know.

It travels as a last argument, which only a continued run looks at.
"""

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import Field, TypeAdapter
from temporalio import workflow
from temporalio.common import RawValue

from orchestrator.calls import Admission, Notice, Policy, ResumeValue, Rewind, StageCall, Wait
from orchestrator.model import Record
from orchestrator.requests import AskRequest
from orchestrator.wire import Decision, Entry, StageInfo, Task, WaitInfo
from orchestrator.workflow.timetable import Timetable

MARK = "orchestrator_carried"


class CarriedTask(Record):
    """An open task."""

    task: Task
    wait: Wait | None = None
    ask: AskRequest
    timetable: Timetable


class CarriedDecision(Record):
    """A decision that came while no task was open."""

    decision: Decision
    proof: Admission | None = None
    via: str


class CarriedDesk(Record):
    """The human tasks."""

    tasks: list[CarriedTask] = Field(default_factory=list)
    early: list[CarriedDecision] = Field(default_factory=list)
    seen: list[tuple[str, str | None]] = Field(default_factory=list)
    tokens: list[str] = Field(default_factory=list)
    closed: list[tuple[str, str]] = Field(default_factory=list)
    editors: list[str] = Field(default_factory=list)
    opened: int = 0


class CarriedMail(Record):
    """The events; those that wait for them are the stages'."""

    early: list[tuple[str, list[dict[str, Any]]]] = Field(default_factory=list)
    """By name, oldest first: each under `payload` or `payload_ref`."""
    seen: list[str] = Field(default_factory=list)


class CarriedStage(Record):
    """A stage that waits, or is parked."""

    info: StageInfo
    policy: Policy
    call: StageCall
    rewind: Rewind | None = None
    waits: list[Wait] = Field(default_factory=list)
    since: dict[str, WaitInfo] = Field(default_factory=dict)
    """Its timers and events, by interrupt id."""
    answers: list[ResumeValue] = Field(default_factory=list)
    parked: tuple[str, str] | None = None
    """The failure's type and message."""


class Carried(Record):
    """All of it."""

    entries: list[Entry] = Field(default_factory=list)
    desk: CarriedDesk = Field(default_factory=CarriedDesk)
    mail: CarriedMail = Field(default_factory=CarriedMail)
    stage: CarriedStage | None = None
    """Of a GraphRun: its stage. A Process continues between its stages."""
    finished: list[StageInfo] = Field(default_factory=list)
    application: Policy | None = None
    """What holds for the application and the server."""
    names: dict[str, int] = Field(default_factory=dict)
    notices: list[Notice] = Field(default_factory=list)
    told: int = 0


def with_carried(arguments: list[Any], carried: Carried) -> list[Any]:
    """The arguments of the next run."""
    return [*arguments, {MARK: carried.model_dump(mode="json")}]


def without_carried(arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], Carried | None]:
    """The author's own arguments, and what was carried. Only a run that continues another one looks for it."""
    last = arguments[-1] if arguments else None
    if workflow.info().continued_run_id is None or not isinstance(last, dict) or last.keys() != {MARK}:
        return arguments, None
    return arguments[:-1], Carried.model_validate(last[MARK])


def declared(run: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments as the types that the run method declares: Temporal's SDK leaves them as plain JSON where as many
    were not sent."""
    hints = get_type_hints(run)
    parameters = list(inspect.signature(run).parameters)[1:]
    return tuple(
        _as(hints.get(name, Any), argument) for name, argument in zip(parameters, arguments, strict=False)
    ) + tuple(arguments[len(parameters) :])


def _as(hint: Any, argument: Any) -> Any:
    if hint is RawValue:
        return RawValue(workflow.payload_converter().to_payload(argument))
    return TypeAdapter(hint).validate_python(argument)
