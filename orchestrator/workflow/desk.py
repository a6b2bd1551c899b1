"""What people do to the human tasks of one workflow: they decide, and they hand on."""

from collections import deque
from typing import Any

from temporalio import workflow

from orchestrator import form, names
from orchestrator.calls import Admission, Wait
from orchestrator.errors import Refused
from orchestrator.human import HumanDefaults
from orchestrator.large import size
from orchestrator.requests import AskRequest
from orchestrator.wire import Assignment, Decision, Receipt, Task
from orchestrator.workflow import ballot
from orchestrator.workflow.carried import CarriedDecision, CarriedDesk
from orchestrator.workflow.entitled import check_action, check_duties, check_proof
from orchestrator.workflow.inbound import check_size
from orchestrator.workflow.open_task import OpenTask, Settled, assigned, check_assignment
from orchestrator.workflow.open_tasks import OpenTasks
from orchestrator.workflow.remembered import Remembered

EARLY_BYTES = 256 * 1024
"""What decisions that came before any task may come to. They travel to the next run, of which Temporal takes 2 MB."""


class Desk:
    """Takes decisions and assignments, each once, from those who may."""

    def __init__(self, tasks: OpenTasks) -> None:
        self.tasks = tasks
        self.audit = tasks.audit
        self.notifier = tasks.notifier
        self._early: deque[tuple[Decision, Admission | None, str]] = deque()
        self._seen = Remembered[str | None]()
        self._tokens = Remembered[None]()
        self._editors: set[str] = set()

    def carried(self) -> CarriedDesk:
        """What the next run needs."""
        return CarriedDesk(
            tasks=self.tasks.carried(),
            early=[CarriedDecision(decision=decision, proof=proof, via=via) for decision, proof, via in self._early],
            seen=list(self._seen.items()),
            tokens=list(self._tokens),
            closed=list(self.tasks.closed.items()),
            editors=sorted(self._editors),
            opened=self.tasks.opened,
        )

    def restore(self, carried: CarriedDesk) -> None:
        """Go on from where the run before stopped."""
        self.tasks.restore(carried)
        self._early.extend((one.decision, one.proof, one.via) for one in carried.early)
        self._seen.update(carried.seen)
        self._tokens.update((token, None) for token in carried.tokens)
        self._editors.update(carried.editors)

    def edited(self, person: str) -> None:
        """Remember somebody as an editor of this workflow, for the segregation of duties."""
        self._editors.add(person)

    async def serve(self, wait: Wait | None, ask: AskRequest, defaults: HumanDefaults, stage: str | None) -> Settled:
        """Open a task and wait for its decision; reminders, escalations and the due date pass meanwhile.

        Raises:
            Overdue: It is due, and `on_due` is `fail` or `park`.
            ApplicationError: Of type BadInput: there is no such calendar, or the form is no JSON Schema.
        """
        entry = await self.tasks.open(wait, ask, defaults, stage)
        while self._early and not entry.answer.done():
            self._try_early(entry, *self._early.popleft())
        if not entry.answer.done():
            self.notifier.tell("opened", to=entry.task.waits_for, task=entry.task)
        return await self.tasks.attend(entry)

    # --- decisions ---

    def check(self, decision: Decision, proof: Admission | None = None) -> None:
        """Whether a decision would be accepted now. Changes nothing.

        Args:
            decision: Whose values, if they travel by reference, `orchestrator.admit` checks.
            proof: What `orchestrator.admit` found; None before it has looked.

        Raises:
            Refused: It would not; the message says why.
        """
        if self.is_duplicate(decision):
            return
        self._check_unused(proof)
        check_size(decision.values, "values")
        if decision.task_id is None and not self.tasks:
            return
        self._check_against(self.tasks.addressed(decision), decision, proof)

    def _check_against(self, entry: OpenTask, decision: Decision, proof: Admission | None) -> None:
        task = entry.task
        if decision.values_ref is None:
            form.check(decision, task.form, entry.wait, agreeing=ballot.proposed(task.decisions))
        check_proof(task, decision, proof, workflow.now())
        check_action(proof, decision.action)
        check_duties(task, decision.by, workflow.memo_value(names.MEMO_STARTED_BY, None, type_hint=str), self._editors)
        if any(one["by"] == decision.by for one in ballot.standing(task.decisions)):
            raise Refused(f"{decision.by} has decided on task {task.task_id} already; it needs another person.")

    def _check_unused(self, proof: Admission | None) -> None:
        if proof is not None and proof.token_id is not None and proof.token_id in self._tokens:
            raise Refused("The token was used already.")

    def decide(self, decision: Decision, proof: Admission | None, via: str) -> Receipt:
        """Take a decision.

        Raises:
            Refused: See `check`.
        """
        self.check(decision, proof)
        if self.is_duplicate(decision):
            return Receipt(task_id=self._seen[decision.decision_id or ""], status="duplicate")
        if decision.task_id is None and not self.tasks:
            self._keep(decision, proof, via)
            self._remember(decision, proof, None)
            self.audit.record("kept", by=decision.by, via=via, detail="no task is open; kept for the next one")
            return Receipt(status="accepted")
        return self._take(self.tasks.addressed(decision), decision, proof, via)

    def _keep(self, decision: Decision, proof: Admission | None, via: str) -> None:
        kept = sum(size(early) for early, _, _ in self._early)
        if kept + size(decision) > EARLY_BYTES and workflow.patched("early-decisions"):
            raise Refused(
                f"{len(self._early)} decisions wait for a task already and come to {kept} bytes; no more than "
                f"{EARLY_BYTES} are kept. Send it again, with its task_id, once the task is open."
            )
        self._early.append((decision, proof, via))

    def _take(self, entry: OpenTask, decision: Decision, proof: Admission | None, via: str) -> Receipt:
        task_id = entry.task.task_id
        self._remember(decision, proof, task_id)
        if decision.action == "edit":
            self._editors.add(decision.by)
        partial = decision.model_dump(mode="json", include={"action", "by", "comment", "values"})
        if decision.values_ref is not None:
            partial["values_ref"] = decision.values_ref.model_dump(mode="json")
        partial["at"] = workflow.now().isoformat()
        entry.update(decisions=[*entry.task.decisions, partial])
        count = ballot.count(entry.quorum, entry.task.decisions)
        if not (count.approved or count.rejected):
            detail = {**partial, "remaining": count.remaining}
            self.audit.record("decided", by=decision.by, task_id=task_id, detail=detail, via=via, form=entry.form)
            return Receipt(task_id=task_id, status="pending_quorum", remaining=count.remaining)
        self.tasks.close(entry, "decided", by=decision.by, detail=partial, via=via)
        entry.answer.set_result(Settled(ballot.settled(decision, entry.task.decisions), entry.task.decisions))
        return Receipt(task_id=task_id, status="accepted")

    def refused(self, payload: Any, reason: Refused, via: str) -> None:
        """Record a decision that was not accepted."""
        given = payload if isinstance(payload, dict) else {}
        task_id = given.get("task_id")
        self.audit.record(
            "refused",
            by=str(given.get("by") or "unknown"),
            task_id=task_id if isinstance(task_id, str) else None,
            detail=str(reason),
            via=via,
        )

    def is_duplicate(self, decision: Decision) -> bool:
        """Whether it was taken already."""
        return decision.decision_id is not None and decision.decision_id in self._seen

    def _remember(self, decision: Decision, proof: Admission | None, task_id: str | None) -> None:
        if decision.decision_id is not None:
            self._seen[decision.decision_id] = task_id
        self._use(proof)

    def _use(self, proof: Admission | None) -> None:
        """A token counts once."""
        if proof is not None and proof.token_id is not None:
            self._tokens[proof.token_id] = None

    def _try_early(self, entry: OpenTask, decision: Decision, proof: Admission | None, via: str) -> None:
        kept = None if proof is None else proof.model_copy(update={"token_id": None})  # counted when it was kept
        try:
            self._check_against(entry, decision, kept)
        except Refused as reason:
            self.audit.record("refused", by=decision.by, task_id=entry.task.task_id, detail=str(reason), via=via)
            return
        self._take(entry, decision, kept, via)

    # --- assignment ---

    def check_assignment(self, change: Assignment, proof: Admission | None = None) -> OpenTask:
        """The task that a change of assignment is about.

        Raises:
            Refused: It is not open, is claimed by somebody else, or nobody is named to take it.
        """
        self._check_unused(proof)
        if proof is not None and proof.link:
            raise Refused("A link is for a decision; to assign a task, send a token.")
        entry = self.tasks.addressed(change)
        check_assignment(entry.task, change)
        check_proof(entry.task, change, proof, workflow.now())
        return entry

    def assign(self, change: Assignment, proof: Admission | None) -> Task:
        """Carry out a change of assignment.

        Raises:
            Refused: See `check_assignment`.
        """
        entry = self.check_assignment(change, proof)
        self._use(proof)
        before = entry.task.assignees
        entry.task = assigned(entry.task, change)
        detail = {"action": change.action, "assignees": entry.task.assignees}
        self.audit.record("assigned", by=change.by, task_id=change.task_id, detail=detail, via="update")
        if new := [name for name in entry.task.assignees if name not in before]:
            self.notifier.tell("assigned", to=new, task=entry.task)
        return entry.task
