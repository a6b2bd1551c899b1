"""What lies in deploy/, read as the tools that use it would read it."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OURS = "hybrid-orchestrator-app"
"""Image of the services that run our program."""
LOCKS = ("requirements.lock", "build.lock")

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its continuation lines joined."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """Its arguments: the exec form's, or those between spaces."""
        if self.rest.startswith("["):
            arguments: list[str] = json.loads(self.rest)
            return arguments
        return self.rest.split()


@dataclass(frozen=True)
class Stage:
    """One stage of a Dockerfile."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def every(self, word: str) -> list[Instruction]:
        """Its instructions of that kind."""
        return [instruction for instruction in self.instructions if instruction.word == word]


@dataclass(frozen=True)
class Variable:
    """`${NAME:-default}` or `${NAME:?message}` in the Compose file."""

    name: str
    default: str | None
    required: bool


@cache
def compose() -> dict[str, Any]:
    """The Compose file with its anchors resolved and its variables at their defaults."""
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(lambda match: _value(match["kind"], match["text"]), text))
    return loaded


def _value(kind: str | None, text: str | None) -> str:
    return (text or "") if kind == "-" else "given"


def services(image: str | None = None) -> dict[str, dict[str, Any]]:
    """The services, or those of one image."""
    every: dict[str, dict[str, Any]] = compose()["services"]
    return {name: service for name, service in every.items() if image in (None, service["image"])}


def variables() -> list[Variable]:
    """The variables that the Compose file takes from `.env`."""
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    return [
        Variable(match["name"], match["text"] if match["kind"] == "-" else None, match["kind"] == "?")
        for match in _VARIABLE.finditer(text)
    ]


def seconds(duration: str) -> float:
    """A duration as Compose writes it: `45s`, `1m30s`."""
    parts = re.findall(r"([\d.]+)(us|ms|s|m|h)", duration)
    assert parts, f"{duration!r} is no duration"
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


@cache
def dockerfile() -> tuple[Stage, ...]:
    """The stages of the Dockerfile."""
    lines = [
        line
        for line in (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    stages: list[Stage] = []
    pending: list[Instruction] = []
    for logical in re.split(r"(?<!\\)\n", "\n".join(lines)):
        word, _, rest = re.sub(r"\s*\\\n\s*", " ", logical).strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            pending = []
            stages.append(Stage(name, base, ()))
        if stages:
            pending.append(Instruction(word, rest))
            stages[-1] = Stage(stages[-1].name, stages[-1].base, tuple(pending))
    return tuple(stages)


def stage(name: str) -> Stage:
    """A stage by its name; '' is the last one, which has none."""
    return next(stage for stage in dockerfile() if stage.name == name)
