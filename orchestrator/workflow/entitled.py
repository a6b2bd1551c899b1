"""Who may decide on a task, and who may hand it on."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from orchestrator.calls import Admission
from orchestrator.errors import Refused
from orchestrator.human import EDITORS, STARTER, Action
from orchestrator.names import MEMO_STARTED_BY
from orchestrator.wire import Task

LEEWAY = timedelta(seconds=30)
"""By how much clocks may differ, as where the token is verified."""


class Message(Protocol):
    """A decision or an assignment: what somebody says they are, and the token that may prove it."""

    @property
    def by(self) -> str: ...
    @property
    def token(self) -> str | None: ...


def check_proof(task: Task, message: Message, proof: Admission | None, now: datetime) -> None:
    """Whether the token, if there is one, says what the message says, and whether the task wants one.

    Args:
        task: What the message is about.
        message: A decision or an assignment.
        proof: What the token was found to say; None before anybody has looked.
        now: The workflow's time.

    Raises:
        Refused: It does not.
    """
    if message.token is None:
        if task.identity != "any":
            raise Refused(f"Task {task.task_id} takes signed decisions only: send a token.")
        return
    if proof is None:
        return
    if proof.task_id != task.task_id:
        raise Refused(f"The token is bound to task {proof.task_id}, not to {task.task_id}.")
    if proof.expires_at is not None and proof.expires_at + LEEWAY < now:
        raise Refused(f"The token expired at {proof.expires_at:%Y-%m-%d %H:%M:%S} UTC.")
    if proof.subject != message.by:
        raise Refused(f"The token is {proof.subject}'s, and the message says that it is by {message.by}.")
    if task.identity == "named" and not _is_named(task, proof):
        raise Refused(f"{proof.subject} is not among those who are asked: {', '.join(task.assignees) or 'nobody'}.")


def check_action(proof: Admission | None, action: Action) -> None:
    """Whether a link allows the action that was taken through it.

    Raises:
        Refused: It is for another one.
    """
    if proof is not None and proof.action is not None and proof.action != action:
        raise Refused(f"The link is for {proof.action}, not for {action}.")


def check_duties(task: Task, by: str, starter: str | None, editors: Collection[str]) -> None:
    """The segregation of duties.

    Raises:
        Refused: The task is not for whoever started the workflow, edited something in it, or for this person.
    """
    if by in task.not_by:
        raise Refused(f"{by} may not decide on task {task.task_id}.")
    if STARTER in task.not_by and starter is None:
        raise Refused(
            f"Task {task.task_id} is not for whoever started this workflow, and nobody knows who that was: it was "
            f"started without the memo {MEMO_STARTED_BY}, which `orchestrator start --by` sets."
        )
    if STARTER in task.not_by and by == starter:
        raise Refused(f"{by} started this workflow, and may therefore not decide on task {task.task_id}.")
    if EDITORS in task.not_by and by in editors:
        raise Refused(f"{by} has edited something in this workflow, and may therefore not decide on {task.task_id}.")


def _is_named(task: Task, proof: Admission) -> bool:
    claims = {proof.subject, *(f"group:{group}" for group in proof.groups)}
    return bool(claims & {*task.assignees, task.claimed_by})
