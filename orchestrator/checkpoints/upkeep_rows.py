"""What the retention finds in a checkpointer, and whose it is by its name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

THREAD = re.compile(r"(?P<workflow>.+)/(?P<run>[0-9a-f]{8,12})/(?P<stage>[^/]+?)(?:@[0-9a-f-]+)?")
"""A stage's thread id; a user's own thread in the same database has another form."""
OF_WORKFLOW = (
    re.compile(r"notified/(?P<workflow>.+)/[0-9a-f]{8,12}/\d+/[^/]+/.+", re.DOTALL),
    re.compile(r"(?P<workflow>.+)/[0-9a-f]{8}/input/[0-9a-f]{12}"),
    re.compile(r"(?P<workflow>.+)/audit/\d+/[0-9a-f]{12}"),
    re.compile(
        r"(?P<workflow>(?:(?!/decisions/|/events/).)+)/(?:decisions|events)/(?:(?!/decisions/|/events/).)+/[0-9a-f]{12}"
    ),
)
"""Keys of values that belong to a workflow; a thread's begin with its id."""


@dataclass(frozen=True)
class ThreadRow:
    """A thread, and who held it when it was read."""

    thread_id: str
    run_id: str
    turn: int
    attempt: int

    @property
    def workflow_id(self) -> str | None:
        """Whose it is; None: it is no stage's."""
        match = THREAD.fullmatch(self.thread_id)
        return match["workflow"] if match else None

    @property
    def stage(self) -> str:
        """The stage's name."""
        match = THREAD.fullmatch(self.thread_id)
        return match["stage"] if match else ""


@dataclass(frozen=True)
class Head:
    """What is in a thread."""

    at: datetime | None = None
    """When it was last written to; None: never."""
    graph: str | None = None
    """The graph that did."""


@dataclass(frozen=True)
class ValueRow:
    """A value that travels by reference."""

    key: str
    size_bytes: int
    created_at: datetime

    @property
    def thread_id(self) -> str | None:
        """The thread that it belongs to; None: it is a workflow's."""
        if self._of_workflow is not None:
            return None
        thread_id = self.key.rpartition("/")[0]
        return thread_id if THREAD.fullmatch(thread_id) else None

    @property
    def workflow_id(self) -> str | None:
        """Whose it is; None: nobody knows."""
        match = self._of_workflow or THREAD.fullmatch(self.thread_id or "")
        return match["workflow"] if match else None

    @property
    def _of_workflow(self) -> re.Match[str] | None:
        return next((match for match in (form.fullmatch(self.key) for form in OF_WORKFLOW) if match), None)


@dataclass(frozen=True)
class Hold:
    """A workflow whose threads and values are kept, whatever the retention says."""

    workflow_id: str
    held_by: str
    reason: str
    at: str


def of_workflow(keys: Iterable[str], workflow_id: str) -> list[str]:
    """The keys of the values that belong to the workflow itself."""
    epoch = datetime.fromtimestamp(0, UTC)
    rows = [ValueRow(key, 0, epoch) for key in keys]
    return [row.key for row in rows if row.thread_id is None and row.workflow_id == workflow_id]


def is_of(thread_id: str, workflow_id: str) -> bool:
    """Whether a thread is of a workflow."""
    match = THREAD.fullmatch(thread_id)
    return match is not None and match["workflow"] == workflow_id
