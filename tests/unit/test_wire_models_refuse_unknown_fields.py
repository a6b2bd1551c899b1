import inspect
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator import human, options, wire
from orchestrator.model import Record, Wire

COMPLETE: dict[str, dict[str, Any]] = {
    "GraphRunInput": {"graph": "review"},
    "Fork": {"thread_id": "t", "checkpoint_id": "c"},
    "Options": {},
    "Retry": {},
    "HumanDefaults": {},
    "DefaultAnswer": {"action": "approve"},
    "Escalation": {"after": "P1D", "to": ["ann"]},
    "Quorum": {"approvals": 2},
    "Route": {"route": "by_hand"},
    "Decision": {"action": "approve", "by": "ann"},
    "Event": {"name": "reply"},
    "Operator": {"by": "ann"},
    "Parking": {"by": "ann", "reason": "it loops"},
    "Recovery": {"action": "retry", "by": "ann", "reason": "fixed"},
    "Assignment": {"task_id": "1", "action": "claim", "by": "ann"},
}


def models(base: type[Wire]) -> dict[str, type[Wire]]:
    return {
        name: value
        for module in (wire, options, human)
        for name, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, base) and value is not base
    }


def test_every_model_that_people_send_is_in_this_table() -> None:
    assert set(models(Wire)) == set(COMPLETE)


@pytest.mark.parametrize("name", COMPLETE)
def test_so_that_a_misspelt_one_is_not_lost(name: str) -> None:
    model = models(Wire)[name]
    model.model_validate(COMPLETE[name])
    with pytest.raises(ValidationError, match="taks_id"):
        model.model_validate(COMPLETE[name] | {"taks_id": 1})


def test_what_the_engine_writes_may_have_fields_of_a_newer_version() -> None:
    assert issubclass(wire.Receipt, Record)
    assert wire.Receipt.model_validate({"status": "accepted", "newer": 1}).status == "accepted"
