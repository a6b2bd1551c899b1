"""One-click links in a mail to one person."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr

from orchestrator.calls import Notice
from orchestrator.notify.channel import Recipient
from orchestrator.notify.wording import OPEN_EVENTS, needs_no_values
from orchestrator.wire import Task

ONE_CLICK = (("Approve", "approve"), ("Reject", "reject"))
FORM = (("Answer", "respond"),)
"""Where values are needed: the link's page asks for them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A link, and what it does."""

    label: str
    url: str


@dataclass(frozen=True)
class Links:
    """Makes signed links to `orchestrator serve`.

    Args:
        public_url: Where it is reached from outside.
        secret: `ORCHESTRATOR_LINK_SECRET`, the same there.
        lifetime: The longest that a link is good for; it ends with the task's due date, if that comes first.
    """

    public_url: str
    secret: SecretStr = field(repr=False)
    lifetime: timedelta = timedelta(days=7)

    def check(self, now: datetime) -> None:
        """Sign one.

        Raises:
            MissingExtra: The extra `identity` is not installed. *Not retryable.*
            ConfigurationError: The secret is too short. *Not retryable.*
        """
        self._signed("workflow", "task", "approve", Recipient("person@x.org", "person"), now)

    def offers(self, notice: Notice, to: Recipient, now: datetime) -> list[Offer]:
        """What this person may do through a link; empty if there is nothing."""
        task = notice.task
        if task is None or notice.event not in OPEN_EVENTS or not _may_use(task, to):
            return []
        expires_at = now + self.lifetime
        if task.due_at is not None and task.due_at > now:
            expires_at = min(expires_at, task.due_at)
        actions = ONE_CLICK if needs_no_values(task) else FORM
        return [
            Offer(label, self._signed(notice.workflow_id, task.task_id, action, to, expires_at))
            for label, action in actions
        ]

    def _signed(self, workflow_id: str, task_id: str, action: str, to: Recipient, expires_at: datetime) -> str:
        from orchestrator.identity.links import signed_link

        return signed_link(
            base_url=self.public_url,
            secret=self.secret.get_secret_value(),
            workflow_id=workflow_id,
            task_id=task_id,
            action=action,
            subject=to.person,
            groups=to.groups,
            expires_at=expires_at,
        )


def _may_use(task: Task, to: Recipient) -> bool:
    """Whether a link would be accepted."""
    if to.person in task.not_by:
        return False
    claims = {to.person, *(f"group:{group}" for group in to.groups)}
    return task.identity != "named" or bool(claims & {*task.assignees, task.claimed_by})
