"""What the Web UI and lists see: search attributes, the memo, and the current details of the workflow's page."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from orchestrator import names
from orchestrator.calls import Policy
from orchestrator.large import size
from orchestrator.wire import State, Status, Task
from orchestrator.workflow.page import Page

if TYPE_CHECKING:
    from orchestrator.workflow.engine import Engine

STATE = SearchAttributeKey.for_keyword(names.ORCH_STATE)
GRAPH = SearchAttributeKey.for_keyword(names.ORCH_GRAPH)
STAGE = SearchAttributeKey.for_keyword(names.ORCH_STAGE)
ASSIGNEES = SearchAttributeKey.for_keyword_list(names.ORCH_ASSIGNEES)
DUE_AT = SearchAttributeKey.for_datetime(names.ORCH_DUE_AT)
SINCE = SearchAttributeKey.for_datetime(names.ORCH_SINCE)

MEMO_FIELDS = {"task_id", "title", "state", "assignees", "claimed_by", "priority", "created_at", "due_at", "stage"}
MEMO_TASKS_SHOWN = 20
LONGEST = 255
"""Characters of a keyword, in the databases under Temporal's visibility."""
MOST_BYTES = 2000
"""Of a search attribute; over 2,048 (`limit.searchAttributesSizeOfValue`) Temporal terminates the workflow."""


class Board:
    """Publishes changes, many of one workflow task as one event."""

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        self.dirty = False
        self._search_attributes = False  # until a worker has said that they are registered
        self._since_attribute = False
        self._docs_url: str | None = None
        self._published: dict[SearchAttributeKey[Any], Any] = {}
        self._memo: list[dict[str, Any]] = []

    def adopt(self, policy: Policy) -> None:
        """Go by what the worker says of the server."""
        self._search_attributes = policy.search_attributes
        self._since_attribute = policy.since_attribute
        self._docs_url = policy.docs_url

    async def publish_changes(self) -> None:
        """Runs as long as the workflow does."""
        while True:
            await workflow.wait_condition(lambda: self.dirty)
            self.publish()

    def publish(self) -> None:
        """Bring everything that is shown up to date; costs an event only where something changed."""
        self.dirty = False
        status, tasks = self.engine.status(), self.engine.tasks.listed()
        self._publish_page(status, tasks)
        self._publish_search_attributes(status, tasks)
        self._publish_memo(tasks)

    def close(self) -> None:
        """The workflow's last page. Nothing but the page: the rest would be commands after its end."""
        self._publish_page(self.engine.status(), [])

    def _publish_page(self, status: Status, tasks: list[Task]) -> None:
        workflow.set_current_details(Page(workflow.info().workflow_id, self._docs_url).of(status, tasks))

    def _publish_search_attributes(self, status: Status, tasks: list[Task]) -> None:
        if not self._search_attributes:
            return
        latest = status.stages[-1] if status.stages else None
        assignees = _bounded(sorted({name for task in tasks for name in task.waits_for}))
        wanted: dict[SearchAttributeKey[Any], Any] = {
            STATE: status.state,
            GRAPH: latest.graph[:LONGEST] if latest else None,
            STAGE: latest.name[:LONGEST] if latest else None,
            ASSIGNEES: assignees or None,
            DUE_AT: min((wait.until for wait in status.waits if wait.until is not None), default=None),
        }
        if self._since_attribute:
            wanted[SINCE] = self._since(status.state)
        changes: list[SearchAttributeUpdate[Any]] = [
            key.value_unset() if value is None else key.value_set(value)
            for key, value in wanted.items()
            if value != self._published.get(key)
        ]
        if changes:
            workflow.upsert_search_attributes(changes)
            self._published = wanted

    def _since(self, state: State) -> datetime:
        """Since when the workflow is in that state; a new run goes on with what the one before has published."""
        before = self._published or workflow.info().typed_search_attributes
        since = before.get(SINCE) if before.get(STATE) == state else None
        return since or workflow.now()

    def _publish_memo(self, tasks: list[Task]) -> None:
        heads = [task.model_dump(mode="json", include=MEMO_FIELDS) for task in tasks[:MEMO_TASKS_SHOWN]]
        if heads != self._memo:
            workflow.upsert_memo({names.MEMO_TASKS: heads})
            self._memo = heads


def _bounded(people: list[str]) -> list[str]:
    """As many as Temporal takes; a last one stands for the others."""
    bytes_ = size([names.MORE_ASSIGNEES])
    kept: list[str] = []
    for name in people:
        bytes_ += size(name) + 1
        if bytes_ > MOST_BYTES:
            return [*kept, names.MORE_ASSIGNEES]
        kept.append(name)
    return kept
