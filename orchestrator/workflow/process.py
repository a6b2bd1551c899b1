"""The base class of one's own workflows."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar, Unpack, overload

from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, FailureError, TemporalError

from orchestrator import names
from orchestrator.answer import Answer, FormT, to_answer
from orchestrator.errors import Refused
from orchestrator.model import reasons
from orchestrator.options import HumanDefaults, Options
from orchestrator.requests import AskDetails, EventRequest, SleepRequest, ask_request, aware
from orchestrator.wire import Assignment, Decision, Entry, Event, Operator, Receipt, Recovery, Ref, Status, Task
from orchestrator.workflow.desk import Overdue
from orchestrator.workflow.engine import Engine
from orchestrator.workflow.form import resume_value
from orchestrator.workflow.inbound import decode, parse

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

BAD_INPUT = "BadInput"
SECOND_LOOK = timedelta(milliseconds=1)
"""Temporal delivers signals before the activity results of the same workflow task. Where a reset reapplies signals, a
decision therefore comes just before its task opens, and deserves a second look in the next workflow task."""


class Process:
    """A workflow that runs graphs, asks people, sleeps and waits for events.

    Subclass it, decorate the subclass with `@workflow.defn` and its run method with `@workflow.run`. It has the
    signals, updates and queries of `orchestrator.names`.
    """

    _engine: Engine

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        # Not in __init__: a subclass may have one of its own and need not know about ours.
        self = super().__new__(cls)
        self._engine = Engine()
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, member in list(vars(cls).items()):
            if hasattr(member, "__temporal_workflow_run"):
                setattr(cls, name, _governed(member))

    # --- verbs ---

    @overload
    async def run_graph(
        self,
        graph: str,
        input: Any = None,
        *,
        result_type: type[T],
        stage: str | None = None,
        context: dict[str, Any] | None = None,
        options: Options | None = None,
    ) -> T: ...
    @overload
    async def run_graph(
        self,
        graph: str,
        input: Any = None,
        *,
        stage: str | None = None,
        context: dict[str, Any] | None = None,
        options: Options | None = None,
    ) -> Any: ...
    async def run_graph(
        self,
        graph: str,
        input: Any = None,  # noqa: A002
        *,
        result_type: type[Any] | None = None,
        stage: str | None = None,
        context: dict[str, Any] | None = None,
        options: Options | None = None,
    ) -> Any:
        """The output of a graph, run as one stage. Several at once: `asyncio.gather`.

        An output over 256 KiB comes as a Ref, which the next stage takes as its input.

        Args:
            graph: The name it is registered under.
            input: JSON, a model that dumps to it, or a Ref.
            result_type: What to validate the output into; without it, JSON.
            stage: The stage's name; the graph's own by default. A repeated one gets a number.
            context: LangGraph's static context of the run.
            options: Over those it is registered with.

        Raises:
            StageFailed: It failed, and its policy does not park it, or an operator aborted it.
            ApplicationError: Of type BadInput: no such graph, or options that make no sense. *Not retryable.*
        """
        ref = input if isinstance(input, Ref) else None
        value = None if ref else input
        result = await self._engine.run_stage(graph, value, stage=stage, context=context, options=options, ref=ref)
        if result.output_ref is None:
            return result.output if result_type is None else TypeAdapter(result_type).validate_python(result.output)
        if result_type is None:
            return result.output_ref
        raise ApplicationError(
            f"The output of {graph!r} has {result.output_ref.size_bytes} bytes and travels by reference: run it "
            "without result_type, and give the Ref to the next stage as its input.",
            type="OutputTooLarge",
            non_retryable=True,
        )

    @overload
    async def ask(self, title: str, *, form: type[FormT], **details: Unpack[AskDetails]) -> Answer[FormT]: ...
    @overload
    async def ask(
        self, title: str, *, form: dict[str, Any] | None = None, **details: Unpack[AskDetails]
    ) -> Answer[Any]: ...
    async def ask(
        self, title: str, *, form: type[Any] | dict[str, Any] | None = None, **details: Unpack[AskDetails]
    ) -> Answer[Any]:
        """A human's answer; the arguments are those of `orchestrator.waits.ask`.

        Raises:
            ApplicationError: Of type TaskOverdue: nobody answered in time, and `on_due` is not a default answer.
        """
        request = ask_request(title, form, details)
        try:
            decision = await self._engine.ask(request, HumanDefaults())
        except Overdue as overdue:
            raise ApplicationError(str(overdue), type="TaskOverdue", non_retryable=True) from overdue
        return to_answer(resume_value(decision, None), form)

    async def sleep(self, until: timedelta | datetime) -> None:
        """Wait for a duration, or until an aware moment."""
        if isinstance(until, timedelta):
            await self._engine.sleep(SleepRequest(duration=until), None)
        else:
            await self._engine.sleep(SleepRequest(until=aware(until, "until")), None)

    async def wait_for(self, name: str, *, timeout: timedelta | None = None) -> Any:  # noqa: ASYNC109 - durable
        """The payload of the next event called `name`, or None when none came within `timeout`."""
        return await self._engine.wait_for(EventRequest(name=name, timeout=timeout), None)

    # --- signals ---

    @workflow.signal(dynamic=True)
    async def on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Every signal: `decide`, `event`, `pause`, `resume`. What is malformed or unknown is audited as refused.

        One dynamic handler and not four named ones: to a named handler, bytes that do not decode never come, and a
        wrong number of arguments wedges the workflow task.
        """
        payload: Any = None
        try:
            payload = decode(args)
            await self._on_signal(name, payload)
        except Refused as reason:
            if name == names.DECIDE:
                self._engine.desk.refused(payload, reason)
            else:
                self._engine.audit.record("refused", by=_sender(payload), detail=f"signal {name}: {reason}")
        self._engine.changed()

    async def _on_signal(self, name: str, payload: Any) -> None:
        engine = self._engine
        match name:
            case names.DECIDE:
                decision = parse(Decision, payload)
                if engine.may_open_soon(decision.task_id):
                    await workflow.sleep(SECOND_LOOK, summary=f"Will {decision.task_id} open?")
                engine.desk.decide(decision)
            case names.EVENT:
                engine.mailbox.deliver(parse(Event, payload))
            case names.PAUSE:
                engine.pause(parse(Operator, payload))
            case names.RESUME:
                engine.resume(parse(Operator, payload))
            case _:
                raise Refused("unknown; known are decide, event, pause and resume.")

    # --- updates ---

    @workflow.update(name=names.SUBMIT_DECISION, description="A decision on a human task")
    async def submit_decision(self, decision: Any) -> Receipt:
        """See the signal `decide`."""
        return self._accepted(lambda: self._engine.desk.decide(parse(Decision, decision)))

    @submit_decision.validator
    def _check_decision(self, decision: Any) -> None:
        _refusing(lambda: self._engine.desk.check(parse(Decision, decision)))

    @workflow.update(name=names.SUBMIT_EVENT, description="An event from outside")
    async def submit_event(self, event: Any) -> Receipt:
        """See the signal `event`."""
        return self._accepted(lambda: self._engine.mailbox.deliver(parse(Event, event)))

    @submit_event.validator
    def _check_event(self, event: Any) -> None:
        _refusing(lambda: parse(Event, event))

    @workflow.update(name=names.RECOVER, description="What to do with a parked stage")
    async def recover(self, recovery: Any) -> Status:
        """Retry or abort a parked stage."""
        return self._accepted(lambda: self._engine.recover(parse(Recovery, recovery)))

    @recover.validator
    def _check_recovery(self, recovery: Any) -> None:
        _refusing(lambda: self._engine.parked(parse(Recovery, recovery)))

    @workflow.update(name=names.ASSIGN, description="Claim, unclaim, delegate or reassign a task")
    async def assign(self, change: Any) -> Task:
        """Change who works on a task."""
        return self._accepted(lambda: self._engine.desk.assign(parse(Assignment, change)))

    @assign.validator
    def _check_assignment(self, change: Any) -> None:
        _refusing(lambda: self._engine.desk.check_assignment(parse(Assignment, change)))

    def _accepted(self, change: Callable[[], T]) -> T:
        """Carry out what the validator let through; a race that it lost since then is a refusal, not a failure."""
        result = _refusing(change)
        self._engine.changed()
        return result

    # --- queries ---

    @workflow.query(name=names.STATUS, description="Where the workflow stands")
    def status(self) -> Status:
        """Stages, waits and the overall state."""
        return self._engine.status()

    @workflow.query(name=names.TASKS, description="The open human tasks")
    def tasks(self) -> list[Task]:
        """Oldest first."""
        return self._engine.desk.tasks()

    @workflow.query(name=names.AUDIT, description="Who did or tried what, when")
    def audit(self) -> list[Entry]:
        """Oldest first."""
        return self._engine.audit.entries


def _governed(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The run method, so that the workflow ends as it should: visibly when its code has a bug, and not before its
    handlers are done."""

    @functools.wraps(run)
    async def governed(self: Process, *args: Any) -> Any:
        engine = self._engine
        publishing = asyncio.create_task(engine.board.publish_changes())
        try:
            result = await run(self, *args)
            engine.ended = "completed"
        except asyncio.CancelledError:
            engine.ended = "cancelled"
            raise
        except workflow.ContinueAsNewError:
            raise
        except (FailureError, TemporalError):
            engine.ended = "failed"
            raise
        except ValidationError as error:
            engine.ended = "failed"
            raise ApplicationError(reasons(error), type=type(error).__name__, non_retryable=True) from error
        except Exception as error:
            engine.ended = "failed"
            raise ApplicationError(
                f"{type(error).__name__} in {workflow.info().workflow_type}: {error}",
                type=BAD_INPUT if _wrong_arguments(error) else type(error).__name__,
                non_retryable=True,
            ) from error
        finally:
            publishing.cancel()
            if engine.ended:
                workflow.set_current_details(f"**{engine.ended}**")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    return governed


def _wrong_arguments(error: Exception) -> bool:
    """Whether the run method was called with a number of arguments that it does not take."""
    traceback = error.__traceback__
    return isinstance(error, TypeError) and traceback is not None and traceback.tb_next is None


def _refusing(check: Callable[[], T]) -> T:
    """The same, with a refusal as Temporal carries it."""
    try:
        return check()
    except Refused as reason:
        raise ApplicationError(str(reason), type="Refused", non_retryable=True) from reason


def _sender(payload: Any) -> str:
    return str(payload.get("by") or "unknown") if isinstance(payload, dict) else "unknown"
