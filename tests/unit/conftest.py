import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestrator import Orchestrator
from orchestrator.langgraph_json import load
from tests.support.folders import write

Loader = Callable[[Mapping[str, Any]], Orchestrator]


@pytest.fixture
def load_folder(tmp_path: Path) -> Iterator[Loader]:
    """Writes files and loads their langgraph.json; what that does to the process is undone afterwards."""
    path, modules, environment = list(sys.path), set(sys.modules), dict(os.environ)

    def load_files(files: Mapping[str, Any]) -> Orchestrator:
        write(tmp_path, files)
        return load(tmp_path / "langgraph.json")

    yield load_files
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    os.environ.clear()
    os.environ.update(environment)
