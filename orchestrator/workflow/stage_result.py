"""How a stage ends well."""

from dataclasses import dataclass
from typing import Any

from orchestrator.wire import Ref


@dataclass(frozen=True)
class StageResult:
    """What a stage came to."""

    output: Any
    output_ref: Ref | None
    thread_id: str
    checkpoint_id: str
