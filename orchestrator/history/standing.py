"""Where the stages of a workflow stand, from Temporal's history and the checkpointer: for when no worker answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.history.past import OVER, RecordedStage, over
from orchestrator.history.path import path_of
from orchestrator.history.stages import past_of
from orchestrator.history.timeline import Checkpoints
from orchestrator.info import WorkflowInfo
from orchestrator.reader import Reader
from orchestrator.wire import StageInfo

if TYPE_CHECKING:
    from orchestrator.checkpoints.saved import Saved

SHOWN = 100
"""Stages, the latest ones."""


@dataclass(frozen=True)
class StandingStage:
    """One stage."""

    info: StageInfo
    nodes: list[str] = field(default_factory=list)
    """Those that failed; else those that wait for an answer; else those that run next."""


async def standing(
    client: Reader, workflow: WorkflowInfo, checkpoints: Checkpoints, remark: Callable[[str], None] = lambda _text: None
) -> list[StandingStage]:
    """The stages of a workflow's run, in the order in which they began.

    Args:
        client: Of the server.
        workflow: As the server describes it.
        checkpoints: Where their threads are.
        remark: Hears of what is missing.
    """
    past = await past_of(client, workflow.workflow_id, workflow.run_id)
    if past.illegible:
        remark("Part of the history cannot be read here; is it encrypted?")
    waiting = [stage for stage in past.stages.values() if stage.info.state == "waiting"]
    if workflow.state == "parked" and len(waiting) == 1 and all(not _is_parked(one) for one in past.stages.values()):
        waiting[0].show(state="parked")  # nobody answered in time, and its `on_due` is to park: no activity failed
    return [await _one(stage, workflow, checkpoints) for stage in list(past.stages.values())[-SHOWN:]]


async def _one(stage: RecordedStage, workflow: WorkflowInfo, checkpoints: Checkpoints) -> StandingStage:
    if stage.info.state in OVER:
        return StandingStage(stage.info)
    if not workflow.open:
        stage.info = over(stage.info, workflow)
    for thread_id in stage.threads:
        saved = await checkpoints.of(stage.info.graph, thread_id)
        if root := [one for one in saved if not one.namespace]:
            stage.show(
                thread_id=thread_id,
                checkpoint_id=root[-1].checkpoint_id,
                steps=max(stage.info.steps, *(one.step for one in root)),
            )
            return StandingStage(stage.info, _nodes(saved))
    return StandingStage(stage.info)


def _is_parked(stage: RecordedStage) -> bool:
    return stage.info.state == "parked"


def _nodes(saved: "list[Saved]") -> list[str]:
    by_standing: dict[str, list[str]] = {}
    for node, stands in path_of(saved).standing.items():
        if not node.endswith("__start__"):
            by_standing.setdefault(stands, []).append(node)
    return next((sorted(by_standing[stands]) for stands in ("failed", "waiting", "next") if stands in by_standing), [])
