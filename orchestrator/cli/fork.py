"""`orchestrator fork`: go on elsewhere from a checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli.options import (
    App,
    AsJson,
    By,
    Config,
    Reason,
    WorkflowId,
    connected,
    filled,
    json_object,
    run,
    user_if_known,
)

if TYPE_CHECKING:
    from orchestrator.forking import ForkPlan


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Operate")(fork)


def fork(
    workflow_id: WorkflowId,
    *,
    checkpoint: Annotated[
        str | None, typer.Option("--checkpoint", metavar="ID", help="Where from. Default: where the stage stands.")
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="NAME", help="Default: the latest.")] = None,
    values: Annotated[
        Any, typer.Option("--values", metavar="JSON|@FILE", parser=json_object, help="Keys of the state to replace.")
    ] = None,
    context: Annotated[
        Any,
        typer.Option("--context", metavar="JSON|@FILE", parser=json_object, help="Default: what the stage has."),
    ] = None,
    options: Annotated[
        Any,
        typer.Option("--options", metavar="JSON|@FILE", parser=json_object, help="Over those that the stage has."),
    ] = None,
    new_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", parser=filled, help="Of the new workflow.")
    ] = None,
    by: By = None,
    reason: Reason = None,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """Go on from a checkpoint of a stage in a workflow of its own; the old one is left as it is.

    Of a `Process`, that one stage runs, and not what comes after it in your workflow. Whoever started the old workflow
    counts as the new one's starter. Its side effects have idempotency keys of their own. No worker is needed.
    """
    from orchestrator.cli import show
    from orchestrator.cli.history import checkpointer
    from orchestrator.cli.target import options_of
    from orchestrator.forking import plan_fork

    over = None if options is None else options_of(options)
    who = user_if_known(by)

    async def go() -> None:
        client = await connected()
        plan = await plan_fork(
            client,
            workflow_id,
            checkpointer=checkpointer(app, config, show.remark),
            stage=stage,
            checkpoint_id=checkpoint,
            values=values,
            by=who,
            reason=reason,
            context=context,
            options=over,
        )
        await _check_values(plan, app, config)
        started = await client.start_fork(plan, id=new_id)
        fork, starter = plan.fork, plan.started_by
        if json:
            said = {"workflow_id": started.workflow_id, "run_id": started.run_id, "task_queue": plan.task_queue}
            show.as_json({**said, "stage": fork.stage, "checkpoint_id": fork.checkpoint_id, "started_by": starter})
        else:
            at = f"stage {fork.stage} of {workflow_id} at checkpoint {fork.checkpoint_id}"
            show.line(f"started {started.workflow_id}, forked from {at}")
            if starter:
                show.remark(f"{starter} started {workflow_id}, and counts as the starter of {started.workflow_id}.")
        if plan.of_process:
            show.remark(
                f"{started.workflow_id} runs the graph {plan.request.graph} alone: what comes after it in "
                f"{plan.of_process} does not run. To put the stage right within {workflow_id}, see `orchestrator park`."
            )

    run(go())


async def _check_values(plan: "ForkPlan", app: str | None, config: Path | None) -> None:
    """Refuse values that the state has no place for, where the application is here to tell.

    Raises:
        Refused: The message names each key. *Not retryable.*
    """
    from orchestrator.cli import show
    from orchestrator.cli.loading import application_if_any
    from orchestrator.settings import load

    if not plan.fork.values:
        return
    application = application_if_any(load(), app, config)
    definition = application.graphs.get(plan.request.graph) if application else None
    if definition is None:
        show.remark(
            f"There is no application with the graph {plan.request.graph} here, so whether --values fit its state is "
            "seen by the worker: if not, the new workflow fails. --app MODULE:NAME has it seen before."
        )
        return
    from orchestrator.activity.compiled import compile_graph
    from orchestrator.activity.repair import fitting_values
    from orchestrator.checkpoints.memory import MemoryStore

    compiled = await compile_graph(definition, MemoryStore("memory://"))
    fitting_values(compiled.graph, plan.fork.values)
