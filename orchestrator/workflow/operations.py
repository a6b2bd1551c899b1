"""What operators do to a workflow: pause and resume it, park a stage, recover one that is parked."""

from typing import TYPE_CHECKING

from temporalio import workflow

from orchestrator.errors import Refused
from orchestrator.wire import Operator, Parking, Recovery, Status
from orchestrator.workflow.stage import Stage

if TYPE_CHECKING:
    from orchestrator.workflow.engine import Engine


class Operations:
    """Those on one workflow run."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self.paused = False

    def pause(self, operator: Operator) -> None:
        """Drain the running stages; tasks and timers stay open."""
        if self.paused:
            raise Refused("The workflow is paused already.")
        self.paused = True
        self._engine.audit.record("paused", by=operator.by, detail=operator.reason, via="signal")
        for stage in self._engine.stages:
            stage.turns.drain()
        self._engine.changed()

    def resume(self, operator: Operator) -> None:
        """Go on where `pause` stopped."""
        if not self.paused:
            raise Refused("The workflow is not paused.")
        self.paused = False
        self._engine.audit.record("resumed", by=operator.by, detail=operator.reason, via="signal")
        self._engine.changed()

    def parkable(self, parking: Parking) -> Stage:
        """The stage that is to be parked.

        Raises:
            Refused: It is not there, over, or parked; or there are several and none is named.
        """
        open_ = [stage for stage in self._engine.stages if not stage.over and not stage.parks]
        return _chosen(open_, parking.stage, "open and not parked")

    async def park(self, parking: Parking) -> Status:
        """Stop a stage so that it can be recovered. Where a node runs, this returns before it has ended.

        Raises:
            Refused: See `parkable`.
        """
        stage = self.parkable(parking)
        stage.park(parking)
        await workflow.wait_condition(lambda: stage.recovery is not None or stage.over or stage.turns.running)
        return self._engine.status()

    def parked(self, recovery: Recovery) -> Stage:
        """The stage that a recovery is about.

        Raises:
            Refused: No such stage is parked, or several are and none is named.
        """
        open_ = [stage for stage in self._engine.stages if not stage.over]
        parked = [stage for stage in open_ if stage.recovery is not None and not stage.recovery.done()]
        try:
            stage = _chosen(parked, recovery.stage, "parked")
        except Refused as reason:
            others = [f"{stage.info.name} ({stage.info.state})" for stage in open_ if stage not in parked]
            hint = f" `orchestrator park` stops one of {', '.join(others)}, to recover it." if others else ""
            raise Refused(f"{reason}{hint}") from None
        if stage.repairing:
            raise Refused(f"Stage {stage.info.name!r} is being recovered already.")
        return stage

    async def recover(self, recovery: Recovery) -> Status:
        """Carry out what an operator wants done with a parked stage.

        Raises:
            Refused: See `parked`.
        """
        stage = self.parked(recovery)
        await stage.recover(recovery)
        detail = recovery.model_dump(mode="json", exclude={"by", "stage"}, exclude_none=True)
        self._engine.audit.record(
            "recovered", by=recovery.by, detail={"stage": stage.info.name, **detail}, via="update"
        )
        if recovery.action == "amend":
            self._engine.desk.edited(recovery.by)
        return self._engine.status()


def _chosen(stages: list[Stage], name: str | None, are: str) -> Stage:
    """The one that is named, or the only one.

    Raises:
        Refused: There is none, or several and none is named.
    """
    chosen = stages if name is None else [stage for stage in stages if stage.info.name == name]
    if len(chosen) == 1:
        return chosen[0]
    there_are = ", ".join(stage.info.name for stage in stages)
    if not stages:
        raise Refused(f"No stage is {are}.")
    which = f"{name!r} is not {are}" if name else f"{len(stages)} stages are {are}, so say which"
    raise Refused(f"{which}; {are} are: {there_are}.")
