import types

import pytest

import orchestrator
import orchestrator.waits
import orchestrator.workflow

FACES = [orchestrator, orchestrator.workflow, orchestrator.waits]
PROMISED = {
    "orchestrator": {"Orchestrator", "Options", "Retry", "HumanDefaults", "DefaultAnswer", "GraphFailure", "Refused"},
    "orchestrator.workflow": {"Process", "GraphRun", "Answer", "Options", "Retry", "DefaultAnswer", "StageFailed"},
    "orchestrator.waits": {
        "Answer",
        "DefaultAnswer",
        "Escalation",
        "Quorum",
        "Route",
        "ask",
        "idempotency_key",
        "sleep",
        "wait_for",
    },
}


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_what_a_public_face_defines_is_exported_and_nothing_else(face: types.ModuleType) -> None:
    is_package = hasattr(face, "__path__")
    public = {
        name
        for name, value in vars(face).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
        if is_package or getattr(value, "__module__", None) == face.__name__
    }
    assert public <= set(face.__all__)
    assert all(hasattr(face, name) for name in face.__all__)
    assert face.__all__ == sorted(face.__all__)


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_no_promised_name_is_missing(face: types.ModuleType) -> None:
    assert PROMISED[face.__name__] <= set(face.__all__)
