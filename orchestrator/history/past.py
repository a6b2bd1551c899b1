"""What a history tells of a workflow's stages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestrator.calls import StageCall
from orchestrator.info import WorkflowInfo
from orchestrator.options import Options
from orchestrator.wire import StageInfo

OVER = ("completed", "failed", "cancelled")


def over(stage: StageInfo, workflow: WorkflowInfo) -> StageInfo:
    """A stage of a workflow that has ended: it goes on no longer, whatever was last heard of it."""
    if stage.state in OVER:
        return stage
    state = "failed" if workflow.state == "failed" else "cancelled"
    return stage.model_copy(update={"state": state, "since": workflow.closed_at})


@dataclass
class RecordedStage:
    """One stage."""

    info: StageInfo
    call: StageCall | None = None
    """Its latest turn; None: it ended in a run before this one."""
    options: Options | None = None
    """How it is run, as its worker resolved it."""
    running: bool = False
    """Whether a turn of it runs."""
    parking: str | None = None
    """Why an operator parks it, until it is parked."""
    told: bool = False
    """Whether a turn has told where its thread is, since the last reset."""
    threads: list[str] = field(default_factory=list)
    """Where its checkpoints may be, the likeliest first."""
    checkpoints: set[str] = field(default_factory=set)
    """Those that the history names."""

    def show(self, at: datetime | None = None, **changes: Any) -> None:
        """Change what is known of it."""
        if at is not None and changes.get("state", self.info.state) != self.info.state:
            changes["since"] = at
        self.info = self.info.model_copy(update=changes)
        if self.info.checkpoint_id:
            self.checkpoints.add(self.info.checkpoint_id)


@dataclass
class Past:
    """What the history of one run tells."""

    run_id: str
    workflow_type: str = ""
    arguments: list[Any] = field(default_factory=list)
    continues: str | None = None
    """The run before it."""
    stages: dict[str, RecordedStage] = field(default_factory=dict)
    """By name, in the order in which they began."""
    editors: set[str] = field(default_factory=set)
    """Who has edited something."""
    illegible: bool = False
    """Whether something in it could not be read: it is encrypted, and its key is not here."""
