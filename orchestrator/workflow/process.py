"""The base class of one's own workflows."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar, Unpack, overload

from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, TemporalError

from orchestrator.answer import ENGINE, Answer, FormT, to_answer
from orchestrator.model import reasons
from orchestrator.options import Options
from orchestrator.requests import AskDetails, EventRequest, SleepRequest, ask_request, asked_again, aware
from orchestrator.wire import Ref, State
from orchestrator.workflow.answering import answer_of
from orchestrator.workflow.carried import declared, with_carried, without_carried
from orchestrator.workflow.engine import Engine
from orchestrator.workflow.handlers import Handlers
from orchestrator.workflow.open_tasks import Overdue
from orchestrator.workflow.renewal import begin_a_new_run, wants_a_new_run
from orchestrator.workflow.waiting import event_of, timer_of

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

BAD_INPUT = "BadInput"


class Process(Handlers):
    """A workflow that runs graphs, asks people, sleeps and waits for events.

    Subclass it, decorate the subclass with `@workflow.defn` and its run method with `@workflow.run`. It has the
    signals, updates and queries of `orchestrator.names`.
    """

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
        options: Options | dict[str, Any] | None = None,
    ) -> T: ...
    @overload
    async def run_graph(
        self,
        graph: str,
        input: Any = None,
        *,
        stage: str | None = None,
        context: dict[str, Any] | None = None,
        options: Options | dict[str, Any] | None = None,
    ) -> Any: ...
    async def run_graph(
        self,
        graph: str,
        input: Any = None,  # noqa: A002
        *,
        result_type: type[Any] | None = None,
        stage: str | None = None,
        context: dict[str, Any] | None = None,
        options: Options | dict[str, Any] | None = None,
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
        over = Options.model_validate(options) if isinstance(options, dict) else options
        result = await self._engine.run_stage(graph, value, stage=stage, context=context, options=over, ref=ref)
        if result.output_ref is None:
            return result.output if result_type is None else TypeAdapter(result_type).validate_python(result.output)
        if result_type is None:
            return result.output_ref
        raise ApplicationError(
            f"The output of {graph!r} has {result.output_ref.size_bytes} bytes and travels by reference: run it "
            "without result_type, and give the Ref to the next stage as its input; or give the graph an output_schema "
            "of what the workflow needs.",
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
        while True:
            try:
                settled = await self._engine.ask(request)
            except Overdue as overdue:
                raise ApplicationError(str(overdue), type="TaskOverdue", non_retryable=True) from overdue
            try:
                return to_answer(answer_of(settled), form)
            except ValidationError as error:  # of the form's own validators, which are code: ask again
                if settled.decision.by == ENGINE:
                    why = f"on_due of {title!r}: {reasons(error)}"
                    raise ApplicationError(why, type=BAD_INPUT, non_retryable=True) from error
                request = asked_again(request, settled.decision.by, error)

    async def sleep(self, until: timedelta | datetime) -> None:
        """Wait for a duration, or until an aware moment."""
        if isinstance(until, timedelta):
            await self._engine.waiting.sleep(timer_of(SleepRequest(duration=until), None))
        else:
            await self._engine.waiting.sleep(timer_of(SleepRequest(until=aware(until, "until")), None))

    async def wait_for(self, name: str, *, timeout: timedelta | None = None) -> Any:  # noqa: ASYNC109 - durable
        """The payload of the next event called `name` (a Ref, if it is over 256 KiB), or None when none came within
        `timeout`."""
        return await self._engine.waiting.wait_for(event_of(EventRequest(name=name, timeout=timeout), None))

    async def checkpoint(self, *state: Any) -> None:
        """Where a long-lived workflow may begin a new history: it then runs again from its start, with `state` as its
        arguments. Returns at once while the history is short and this is the version that new workflows begin on.

        Call it between stages, in a loop that could begin with this state: no stage, question or timer of the workflow
        may be open. Decisions and events that wait for their question, and the audit trail, travel along.

        Raises:
            ContinueAsNewError: To end this run; let it pass.
        """
        engine = self._engine
        if not wants_a_new_run():
            return
        if engine.waiting.waits or engine.tasks or not all(stage.over for stage in engine.stages):
            raise ApplicationError(
                "checkpoint() was called while a stage, a question or a timer was open; call it between them.",
                type="NotAtRest",
                non_retryable=True,
            )
        await workflow.wait_condition(engine.at_rest)
        await begin_a_new_run(engine, lambda: with_carried(list(state), engine.carried()), at_rest=engine.at_rest)


def _governed(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The run method, so that the workflow ends as it should: visibly when its code has a bug, and not before its
    handlers are done."""

    @functools.wraps(run)
    async def governed(self: Process, *args: Any) -> Any:
        engine = self._engine
        publishing = asyncio.create_task(engine.board.publish_changes())
        own: tuple[Any, ...] = args
        try:
            own, carried = without_carried(args)
            if carried is not None:
                own = declared(run, own)
                engine.restore(carried)
            engine.ready = engine.continued is None
            result = await run(self, *own)
            engine.ended = "completed"
        except asyncio.CancelledError:
            engine.audit.record("cancelled", detail=workflow.cancellation_reason())
            await _end(engine, "cancelled")
            raise
        except workflow.ContinueAsNewError:
            raise
        except (FailureError, TemporalError):
            await _end(engine, "failed")
            raise
        except ValidationError as error:
            await _end(engine, "failed")
            raise ApplicationError(reasons(error), type=type(error).__name__, non_retryable=True) from error
        except Exception as error:
            await _end(engine, "failed")
            kind = workflow.info().workflow_type
            if _wrong_arguments(error):
                wanted = ", ".join(list(inspect.signature(run).parameters)[1:]) or "no argument"
                why = f"{kind} takes {wanted}; it was started with {len(own)} arguments."
                raise ApplicationError(why, type=BAD_INPUT, non_retryable=True) from None
            why = f"{type(error).__name__} in {kind}: {error}"
            raise ApplicationError(why, type=type(error).__name__, non_retryable=True) from error
        finally:
            publishing.cancel()
            if engine.ended:
                engine.board.close()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await engine.notifier.finish()
        return result

    return governed


async def _end(engine: Engine, how: State) -> None:
    """End otherwise than completed: whoever is told of it is told."""
    engine.ended = how
    await engine.notifier.finish()


def _wrong_arguments(error: Exception) -> bool:
    """Whether the run method was called with a number of arguments that it does not take."""
    traceback = error.__traceback__
    return isinstance(error, TypeError) and traceback is not None and traceback.tb_next is None
