"""SQL in files of its own: each query stands under a line `-- name: <name>` and a comment that says what it is for."""

import re
from importlib.resources import files
from typing import LiteralString, cast

NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load_queries(file: str) -> dict[str, LiteralString]:
    """The queries of a file in this package, by name."""
    parts = NAME.split(files("orchestrator.checkpoints").joinpath(file).read_text(encoding="utf-8"))
    return {name: cast("LiteralString", query.strip()) for name, query in zip(parts[1::2], parts[2::2], strict=True)}
