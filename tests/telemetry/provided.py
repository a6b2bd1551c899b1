"""What lies in deploy/telemetry, read as Prometheus and Grafana would read it."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parents[2] / "deploy" / "telemetry"
SELECTOR = re.compile(r"\b((?:orchestrator|temporal)_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
DURATION = re.compile(r"^(\d+)(s|m|h|d)$")


class Strict(BaseModel):
    """Nothing but the fields that are named."""

    model_config = ConfigDict(extra="forbid")


class Alert(Strict):
    """An alerting rule, as Prometheus documents it."""

    alert: str = Field(pattern=r"^[A-Za-z_]\w*$")
    expr: str = Field(min_length=1)
    wait: str = Field(default="0s", alias="for", pattern=DURATION.pattern)
    labels: dict[str, Literal["page", "ticket"]]
    annotations: dict[Literal["summary", "action"], str]


class Group(Strict):
    """A group of rules."""

    name: str
    rules: list[Alert]


class Rules(Strict):
    """A rule file."""

    groups: list[Group]

    @property
    def alerts(self) -> list[Alert]:
        """All rules."""
        return [alert for group in self.groups for alert in group.rules]


def rules() -> Rules:
    """The rule file."""
    return Rules.model_validate(yaml.safe_load((FOLDER / "rules.yaml").read_text(encoding="utf-8")))


def dashboard() -> dict[str, Any]:
    """The dashboard."""
    found: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    return found


def expressions() -> list[str]:
    """Every query of both."""
    targets = [target for panel in dashboard()["panels"] for target in panel.get("targets", [])]
    return [alert.expr for alert in rules().alerts] + [target["expr"] for target in targets]


def selected() -> dict[str, set[str]]:
    """Every metric of every query, with the labels that it is selected by."""
    found: dict[str, set[str]] = {}
    for expression in expressions():
        for metric, selector in SELECTOR.findall(expression):
            found.setdefault(metric, set()).update(LABEL.findall(selector))
    return found


def balanced(expression: str) -> bool:
    """Whether brackets close in the order they open."""
    closing, stack = {")": "(", "}": "{", "]": "["}, list[str]()
    for character in expression:
        if character in closing.values():
            stack.append(character)
        elif character in closing and (not stack or stack.pop() != closing[character]):
            return False
    return not stack
