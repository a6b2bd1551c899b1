"""`orchestrator tasks`: the human tasks that are open, of all workflows or of one, or one of them in full."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from orchestrator.cli.options import AsJson, By, connected, moment, run, user

if TYPE_CHECKING:
    from orchestrator.client import OrchestratorClient
    from orchestrator.inbox import Inbox, Wanted
    from orchestrator.wire import Task

OpenState = Literal["open", "claimed", "delegated", "escalated"]
Order = Literal["priority", "due", "age"]
COLUMNS = ("workflow", "task", "title", "state", "for", "due", "priority")


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Look")(tasks)


def tasks(
    *,
    workflow: Annotated[str | None, typer.Option("--workflow", metavar="ID", help="Only this workflow's.")] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="ID", help="One task of the workflow, with everything in it.")
    ] = None,
    assignee: Annotated[
        list[str] | None,
        typer.Option("--assignee", metavar="NAME", help="Those that wait for a person, or a group:NAME; repeatable."),
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="NAME", help="Short for --assignee group:NAME.")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Those that wait for you (--by), or that you claimed.")] = False,
    by: By = None,
    state: Annotated[OpenState | None, typer.Option("--state", help="Only those in it.")] = None,
    due_before: Annotated[
        Any, typer.Option("--due-before", metavar="TIME", parser=moment, help="2026-01-31, or with the time of day.")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those that are late.")] = False,
    priority_min: Annotated[int | None, typer.Option("--priority-min", metavar="N", help="At least so urgent.")] = None,
    sort: Annotated[Order, typer.Option("--sort", help="The most urgent, the next due or the oldest first.")] = (
        "priority"
    ),
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 100,
    json: AsJson = False,
) -> None:
    """The open human tasks.

    Lists need no worker. Of one workflow (--workflow) all tasks are shown, with --json also their forms and payloads,
    if a worker answers; of many, the first 20 of each.
    """
    from orchestrator.inbox import Wanted

    if task is not None:
        if workflow is None:
            raise typer.BadParameter("--task is one of a workflow's: name that too, with --workflow ID.")
        run(_one(workflow, task, json=json))
        return
    if due_before is not None and overdue:
        raise typer.BadParameter("Give either --due-before or --overdue, not both.")
    whom = {*(assignee or []), *(f"group:{name}" for name in group or []), *([user(by)] if mine else [])}
    wanted = Wanted(
        whom=frozenset(whom),
        state=state,
        due_before=datetime.now(UTC) if overdue else due_before,
        priority_min=priority_min,
    )
    run(_many(workflow, wanted, sort, limit, json=json))


async def _one(workflow_id: str, task_id: str, *, json: bool) -> None:
    from orchestrator.cli import show
    from orchestrator.cli.card import card
    from orchestrator.rpc import NoWorker

    client = await connected()
    try:
        task = await opened(client, workflow_id, task_id)
    except NoWorker:
        heads = (await client.describe(workflow_id)).tasks
        known = [head for head in heads if head.task_id == task_id]
        if not known:
            raise
        show.remark("no worker answers; shown is what the server knows: no form, no payload")
        task = known[0]
    if json:
        show.as_json(task)
    else:
        show.rich(card(task))


async def opened(client: "OrchestratorClient", workflow_id: str, task_id: str | None) -> "Task":
    """One open task (without its id, the only one) with its payload, wherever that is kept.

    Raises:
        NotFound: There is no such workflow, or it has ended. *Not retryable.*
        Refused: The task is not open. *Not retryable.*
        NoWorker: No worker answers. *Retryable.*
    """
    from orchestrator.cli import show
    from orchestrator.errors import GraphFailure

    await client.describe_open(workflow_id)
    task = await client.task(workflow_id, task_id)
    if task.payload_ref is None:
        return task
    try:
        return task.model_copy(update={"payload": await client.load(task.payload_ref)})
    except GraphFailure as error:  # it is kept in a checkpointer that is not to be had here
        show.remark(f"its payload cannot be read here: {error}")
        return task


async def _many(workflow_id: str | None, wanted: "Wanted", order: Order, limit: int, *, json: bool) -> None:
    from orchestrator import inbox
    from orchestrator.cli import show

    client = await connected()
    if workflow_id is not None:
        found = await _of_workflow(client, workflow_id, wanted, order)
    else:
        with show.progress() as tell:
            found = await inbox.read(
                client.temporal,
                wanted,
                order=order,
                limit=limit,
                on_page=lambda seen: tell(f"{seen} workflows looked at"),
            )
    shown = found.tasks[:limit]
    if json:
        show.as_json([task.model_dump(mode="json", exclude_unset=True) for task in shown])
    else:
        show.table(COLUMNS, (_row(task, task.waits_for) for task in shown), nothing="No open tasks.")
    show.unread(found.illegible)
    if found.found > len(shown):
        show.remark(f"Shown: {len(shown)} of {found.found}; --limit shows more.")
    if found.cut:
        others = f" and {len(found.cut) - 1} more workflows" if len(found.cut) > 1 else ""
        show.remark(f"Of {found.cut[0]}{others} only the first 20 tasks: see `orchestrator tasks --workflow ID`.")


async def _of_workflow(client: "OrchestratorClient", workflow_id: str, wanted: "Wanted", order: Order) -> "Inbox":
    from orchestrator.cli import show
    from orchestrator.inbox import ORDERS, Inbox
    from orchestrator.rpc import NoWorker

    info = await client.describe(workflow_id)
    if not info.open:
        return Inbox()
    try:
        tasks = await client.tasks(workflow_id)
    except NoWorker:
        show.remark("no worker answers; shown is what the server knows: the tasks without forms and payloads")
        tasks = info.tasks
    fitting = sorted(filter(wanted.fits, tasks), key=ORDERS[order])
    return Inbox(tasks=fitting, found=len(fitting), illegible={workflow_id: info.illegible} if info.illegible else {})


def _row(task: "Task", whom: list[str]) -> tuple[Any, ...]:
    from orchestrator.cli.show import from_now

    due = from_now(task.due_at, units=1)
    return task.workflow_id, task.task_id, task.title, task.state, whom or "anybody", due, task.priority or None
