import sys

import pytest

from orchestrator import MissingExtra
from orchestrator.checkpoints.open import open_store


def test_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    for name in [name for name in sys.modules if name.startswith("orchestrator.checkpoints.dynamodb")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MissingExtra, match=r"hybrid-orchestrator\[dynamodb\]"):
        open_store("dynamodb://table?region=eu-central-1")
