import re
from pathlib import Path

import pytest

from orchestrator.human import HumanDefaults
from orchestrator.options import Options
from orchestrator.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
WORDS = {word for page in DOCS.glob("*.md") for word in re.findall(r"[`.]([A-Za-z_]+)\b", page.read_text())} | {
    word for page in DOCS.glob("*.md") for word in re.findall(r"ORCHESTRATOR_([A-Z_]+)", page.read_text())
}
OTHERS = {"otlp_protocol"}
"""OpenTelemetry's variable."""


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - OTHERS))
def test_each_variable(name: str) -> None:
    assert name.upper() in WORDS


@pytest.mark.parametrize("name", sorted({*Options.model_fields, *HumanDefaults.model_fields}))
def test_each_option(name: str) -> None:
    assert name in WORDS
