"""The application object: what there is to run, wired once for the worker, the command line and the tests."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from temporalio.common import RawValue

from orchestrator import names
from orchestrator.business_time import Calendar
from orchestrator.definition import KEEPS, GraphDefinition, Keep, own_name
from orchestrator.errors import ConfigurationError
from orchestrator.model import reasons
from orchestrator.options import Options, check_policy

if TYPE_CHECKING:
    from orchestrator.notify.channel import Channel
    from orchestrator.schedules.declared import Declared
    from orchestrator.versions.migrations import Values

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)

RESERVED_NAMES = frozenset({names.RESOLVE, names.PLAN, names.ADMIT, names.NOTIFY, names.ARCHIVE, names.RETENTION})


class Orchestrator:
    """An application: graphs, workflows and activities under one name.

    Args:
        name: Also the default task queue.
        checkpointer: URL for graphs that name none themselves; None: the setting `ORCHESTRATOR_CHECKPOINTS`.
        options: What holds for each graph that does not say otherwise.
    """

    def __init__(
        self, name: str, *, checkpointer: str | None = None, options: Options | dict[str, Any] | None = None
    ) -> None:
        if not name:
            raise ConfigurationError("An application needs a name: it is its default task queue.")
        self.name = name
        self.checkpointer = _checked_url(checkpointer)
        self.options = self._policy(name, options, Options())
        self.graphs: dict[str, GraphDefinition] = {}
        self.workflows: list[type] = []
        self.activities: list[Callable[..., Any]] = []
        self.channels: dict[str, Channel] = {}
        self.calendars: dict[str, Calendar] = {}
        self.schedules: dict[str, Declared] = {}

    def graph(
        self,
        source: Any = None,
        *,
        name: str | None = None,
        checkpointer: str | None = None,
        options: Options | dict[str, Any] | None = None,
        packages: Sequence[str] = (),
        retention: timedelta | None = None,
        keep: Keep = "all",
    ) -> Any:
        """Register a graph; also a decorator on a factory (a function that returns one).

        Args:
            source: A StateGraph builder, a compiled graph, a functional `@entrypoint`, or a factory of one.
            name: Its name, and its Temporal activity type; without it the factory's or the graph's own.
            checkpointer: URL of its own checkpointer.
            options: Its time-outs, retries, durability and so on, over the application's.
            packages: Top-level packages whose types its state may hold, beyond those of its schema and its nodes, and
                the one that registers it.
            retention: How long a thread is kept once its workflow has ended; see docs/retention.md.
            keep: What is kept of a thread: `"all"` checkpoints; those at its `"waits"`, so that its size does not grow
                with the square of its steps; or these too only until its stage has ended, and then the `"latest"`, and
                no workflow can be reset to before that end. See docs/long-life.md.

        Raises:
            ConfigurationError: The name is taken, or the policy makes no sense. *Not retryable.*
        """
        if source is None:

            def decorate(factory: F) -> F:
                more: dict[str, Any] = {"options": options, "packages": packages, "retention": retention, "keep": keep}
                self.graph(factory, name=name, checkpointer=checkpointer, **more)
                return factory

            return decorate
        caller = inspect.currentframe()
        registrar = caller.f_back.f_globals.get("__name__", "") if caller and caller.f_back else ""
        name = name or own_name(source)
        if not name or name in RESERVED_NAMES:
            raise ConfigurationError(f"A graph needs a name of its own: app.graph(..., name=...), not {name!r}.")
        if (retention is not None and retention < timedelta(0)) or keep not in KEEPS:
            raise ConfigurationError(
                f"{name!r}: retention={retention!r}, keep={keep!r}: not negative; {', '.join(KEEPS)}."
            )
        if name in self.graphs:
            raise ConfigurationError(f"There are two graphs named {name!r}; give one of them another name.")
        policy = check_policy(name, self._policy(name, options, self.options))
        self.graphs[name] = GraphDefinition(
            name,
            source,
            _checked_url(checkpointer) or self.checkpointer,
            policy,
            frozenset({*packages, registrar.partition(".")[0]}),
            retention,
            keep,
        )
        return source

    @staticmethod
    def _policy(name: str, options: Options | dict[str, Any] | None, base: Options) -> Options:
        """The options over those below them, if they make sense alone and together."""
        try:
            given = Options.model_validate(options or {})
            check_policy(name, given)
            together = given.over(base)
            check_policy(name, together)
        except ValueError as error:
            why = reasons(error) if isinstance(error, ValidationError) else error
            raise ConfigurationError(f"{name!r}: {why}") from error
        return together

    def migrate(
        self,
        graph: str,
        *,
        from_fingerprint: str | Sequence[str] = (),
        when: "Callable[[Values], bool] | None" = None,
        name: str | None = None,
    ) -> Callable[[F], F]:
        """Register a migration, as a decorator on a function from a state to a state.

        It runs before a stage goes on with a thread that another version of the graph has left: once for each thread,
        and it stands in the audit trail. Several run in the order of their registration. It may change, add and
        remove keys; what runs next stays what it was, so keep a node of the old name for threads that stand before it.

        Args:
            graph: The name of a graph, registered before.
            from_fingerprint: The fingerprints of the versions that it is for; `orchestrator check-compat` shows them.
            when: Says of a state whether it is for it.
            name: Its name; by default the function's.

        Raises:
            ConfigurationError: There is no such graph, a migration of that name, or it is for every thread. *Not
                retryable.*
        """
        from orchestrator.versions.migrations import Migration

        definition = self.graphs.get(graph)
        if definition is None:
            raise ConfigurationError(f"No graph named {graph!r} to migrate; register it first.")
        fingerprints = frozenset([from_fingerprint] if isinstance(from_fingerprint, str) else from_fingerprint)
        if not fingerprints and when is None:
            raise ConfigurationError(f"A migration of {graph!r} needs from_fingerprint= or when=: not every thread.")

        def decorate(function: F) -> F:
            called = name or function.__name__
            before = self.graphs[graph].migrations
            if called in {migration.name for migration in before}:
                raise ConfigurationError(f"Graph {graph!r} has two migrations named {called!r}.")
            one = Migration(called, graph, fingerprints, when, function)
            self.graphs[graph] = replace(self.graphs[graph], migrations=(*before, one))
            return function

        return decorate

    def workflow(self, cls: C) -> C:
        """Register a Temporal workflow class; also a decorator.

        Raises:
            ConfigurationError: The class is no workflow. *Not retryable.*
        """
        if not hasattr(cls, "__temporal_workflow_definition"):
            raise ConfigurationError(f"{cls.__name__} is no workflow: decorate it with @temporalio.workflow.defn.")
        _check_arguments(cls)
        self.workflows.append(cls)
        return cls

    def activity(self, fn: F) -> F:
        """Register a Temporal activity; also a decorator.

        Raises:
            ConfigurationError: The function is no activity. *Not retryable.*
        """
        if not hasattr(fn, "__temporal_activity_definition"):
            called = getattr(fn, "__name__", repr(fn))
            raise ConfigurationError(f"{called} is no activity: decorate it with @temporalio.activity.defn.")
        self.activities.append(fn)
        return fn

    def calendar(self, name: str, calendar: "Calendar | None" = None, **fields: Any) -> "Calendar":
        """Register a calendar, in whose business time the durations of human tasks may count.

        Args:
            name: What `ask(..., calendar=)` and the option `human.calendar` say.
            calendar: It, or else its fields: see `orchestrator.business_time.Calendar`.
            fields: `time_zone`, `holidays`, `days`, `opens`, `closes`, `closed_on`, `open_on`.

        Raises:
            ConfigurationError: The name is taken, or the calendar makes no sense. *Not retryable.*
        """
        if not name or name in self.calendars:
            raise ConfigurationError(f"A calendar needs a name of its own, not {name!r}.")
        try:
            self.calendars[name] = calendar or Calendar(**fields)
        except ValueError as error:
            why = reasons(error) if isinstance(error, ValidationError) else error
            raise ConfigurationError(f"Calendar {name!r}: {why}") from error
        return self.calendars[name]

    def notify(self, channel: "Channel") -> None:
        """Register a way to tell people of human tasks and parked stages.

        Raises:
            ConfigurationError: Its name is taken. *Not retryable.*
        """
        if channel.name in self.channels:
            raise ConfigurationError(f"There are two channels named {channel.name!r}; give one of them another name.")
        self.channels[channel.name] = channel

    def schedule(self, name: str, starts: "str | type", **details: Any) -> None:
        """Declare a schedule; `orchestrator setup` creates it, and changes the one that was declared before.

        Args:
            name: Its id.
            starts: A graph's name, or a workflow class; registered before.
            details: When: `cron`, `every`, `calendars`, `skip`, `time_zone`, `jitter`, `start_at`, `end_at`; how:
                `overlap`, `catch_up`, `pause_on_failure`, `paused`, `note`, `by`, `task_queue`; with what: `input`, and
                of a graph `context`, `options` and `thread` (`"fresh"` or `"continued"`). See docs/schedules.md.

        Raises:
            ConfigurationError: The name is taken, or it makes no sense. *Not retryable.*
        """
        from orchestrator.schedules.declared import declare

        self.schedules[name] = declare(self, name, starts, **details)

    def definition(self, name: str) -> GraphDefinition:
        """The graph of that name.

        Raises:
            KeyError: There is none; the message lists those there are.
        """
        try:
            return self.graphs[name]
        except KeyError:
            there_are = ", ".join(sorted(self.graphs)) or "none"
            raise KeyError(
                f"No graph named {name!r}; this worker has: {there_are}. "
                "Register it with app.graph(...) or name it in langgraph.json."
            ) from None


def _checked_url(url: str | None) -> str | None:
    from orchestrator.urls import check_url

    return None if url is None else check_url(url)


def _check_arguments(cls: type) -> None:
    """Build what a start's arguments are decoded into, so that a type that cannot be is found now, and not by a
    workflow that is stuck.

    Raises:
        ConfigurationError: An argument's type is none for pydantic. *Not retryable.*
    """
    definition = cls.__dict__["__temporal_workflow_definition"]
    for argument in set(definition.arg_types or []) - {RawValue}:
        try:
            TypeAdapter(argument)
        except (PydanticUserError, TypeError) as error:
            why = str(error).partition("\n")[0]
            raise ConfigurationError(f"Workflow {cls.__name__}: argument {argument!r} cannot be read: {why}") from error
