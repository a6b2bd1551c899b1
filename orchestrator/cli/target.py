"""What `start` and `schedule create` are to start: a graph or a workflow, and where."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from orchestrator import names
from orchestrator.app import Orchestrator
from orchestrator.cli.loading import application_if_any
from orchestrator.errors import Refused
from orchestrator.settings import load

if TYPE_CHECKING:
    from orchestrator.options import Options


@dataclass(frozen=True)
class Target:
    """A graph, to be run by a GraphRun, or a workflow type."""

    name: str
    is_graph: bool
    task_queue: str
    checkpoints: str | None = None
    """URL of the graph's checkpointer; None: the settings'."""

    def options(self, given: Any, context: Any) -> "Options | None":
        """The options of a run.

        Raises:
            typer.BadParameter: They make no sense, or a workflow was given a graph's.
        """
        if not self.is_graph and (context is not None or given is not None):
            raise typer.BadParameter(f"--context and --options are a graph's, and {self.name} is a workflow.")
        return None if given is None else options_of(given)


def options_of(given: Any) -> "Options":
    """The options of a run, as --options says them.

    Raises:
        typer.BadParameter: They make no sense.
    """
    from pydantic import ValidationError

    from orchestrator.cli.options import complaints
    from orchestrator.options import Options

    try:
        return Options.model_validate(given)
    except ValidationError as error:
        raise typer.BadParameter(f"--options: {complaints(error, Options, str)}") from error


def resolve(
    name: str, *, as_graph: bool, as_workflow: bool, app: str | None, config: Path | None, task_queue: str | None
) -> Target:
    """What a name means.

    The application knows: `--app` or `--config`, the settings, or a `langgraph.json` right here. Without one, a name
    that begins with an upper-case letter is a workflow type's, any other a graph's.

    Raises:
        typer.BadParameter: `--graph` and `--workflow` at once.
        Refused: The application has nothing of that name, or both. *Not retryable.*
        ConfigurationError: The application cannot be loaded. *Not retryable.*
    """
    if as_graph and as_workflow:
        raise typer.BadParameter("Give either --graph or --workflow, not both.")
    settings = load()
    task_queue = task_queue or settings.task_queue
    said = as_graph or as_workflow
    application = None if said and task_queue else application_if_any(settings, app, config)
    if application is None:
        is_graph = as_graph if said else not name[:1].isupper()
        return Target(name, is_graph, task_queue or names.DEFAULT_TASK_QUEUE)
    workflows = workflow_types(application)
    kinds = {kind for kind, known in (("graph", application.graphs), ("workflow", workflows)) if name in known}
    if said:
        kinds &= {"graph" if as_graph else "workflow"}
    if len(kinds) > 1:
        raise Refused(f"{name!r} is both a graph and a workflow: say which with --graph or --workflow.")
    if not kinds:
        raise Refused(
            f"Application {application.name!r} has no {_kind(as_graph, as_workflow)} {name!r}; its graphs: "
            f"{', '.join(sorted(application.graphs)) or 'none'}; its workflows: {', '.join(sorted(workflows))}."
        )
    graph = application.graphs[name] if kinds == {"graph"} else None
    return Target(name, graph is not None, task_queue or application.name, graph.checkpointer if graph else None)


def workflow_types(application: Orchestrator) -> set[str]:
    """The names of the workflows that the application's workers run."""
    registered = (getattr(cls, "__temporal_workflow_definition").name for cls in application.workflows)
    return {names.GRAPH_RUN, names.RETENTION, *registered}


def _kind(as_graph: bool, as_workflow: bool) -> str:
    return "graph" if as_graph else "workflow" if as_workflow else "graph or workflow"
