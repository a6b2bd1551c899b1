"""Start the follow-up of many customers at once; start it again, and only the missing ones are started.

    python -m demo.follow_up.campaign FILE --campaign spring

FILE is CSV with the columns customer, name, email, offer, or a JSON list of such objects. The workflow's id is made of
campaign and customer, and Temporal starts an id once, also when that workflow has ended (as long as it is retained).
Exit status: 0 all of them run or ran; 1 some could not be started; 2 wrong usage.
"""

import argparse
import asyncio
import csv
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import Progress
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from graphs.follow_up_case import FollowUpCase
from orchestrator.client import OrchestratorClient
from orchestrator.errors import OrchestratorError
from orchestrator.model import reasons

AT_ONCE = 20
"""Start requests under way; Temporal would take more, its database might not like it."""
TASK_QUEUE = "follow-up"


@dataclass
class Started:
    """What came of starting a campaign, as workflow ids."""

    started: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    """Started before, by whomever."""
    failed: dict[str, str] = field(default_factory=dict)
    """With the reason; starting the campaign again starts them."""


async def start_campaign(
    client: OrchestratorClient,
    cases: Sequence[FollowUpCase],
    *,
    at_once: int = AT_ONCE,
    progress: Callable[[], None] = lambda: None,
) -> Started:
    """Start what has not been started yet.

    Args:
        client: Of the Temporal server; its task queue is that of the workers.
        cases: The customers.
        at_once: How many start requests are under way at most.
        progress: Called after each.
    """
    result = Started()
    turn = asyncio.Semaphore(at_once)

    async def start(case: FollowUpCase) -> None:
        async with turn:
            try:
                await client.temporal.start_workflow(
                    "FollowUp",
                    case.model_dump(mode="json"),
                    id=case.workflow_id,
                    task_queue=client.task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                )
                result.started.append(case.workflow_id)
            except WorkflowAlreadyStartedError:
                result.present.append(case.workflow_id)
            except RPCError as error:
                result.failed[case.workflow_id] = error.message
            progress()

    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(start(case))
    return result


def read_cases(file: Path, campaign: str) -> list[FollowUpCase]:
    """The customers of a file.

    Raises:
        ValueError: A line does not fit; the message says which.
    """
    text = file.read_text(encoding="utf-8-sig")
    rows = json.loads(text) if file.suffix == ".json" else list(csv.DictReader(text.splitlines(), strict=True))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{file} is no list of objects")
    try:
        return TypeAdapter(list[FollowUpCase]).validate_python([{"campaign": campaign} | row for row in rows])
    except ValidationError as error:
        raise ValueError(f"{file}: {reasons(error)}") from error


async def main() -> int:
    """The exit status."""
    arguments = argparse.ArgumentParser(
        prog="python -m demo.follow_up.campaign", description=(__doc__ or "").partition("\n")[0]
    )
    arguments.add_argument("file", type=Path, help="CSV or JSON")
    arguments.add_argument("--campaign", required=True, help="its name, a part of each workflow's id")
    given = arguments.parse_args()
    try:
        cases = read_cases(given.file, given.campaign)
        client = await OrchestratorClient.connect(task_queue=TASK_QUEUE)
    except (OSError, ValueError, csv.Error, OrchestratorError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=len(cases))
        result = await start_campaign(client, cases, progress=lambda: bar.advance(task))
    for workflow_id, reason in result.failed.items():
        print(f"error: {workflow_id}: {reason}", file=sys.stderr)  # noqa: T201
    print(f"{len(result.started)} started, {len(result.present)} there already, {len(result.failed)} failed")  # noqa: T201
    return 1 if result.failed else 0


if __name__ == "__main__":
    status = asyncio.run(main())
    sys.stdout.flush()
    os._exit(status)  # see demo.__main__
