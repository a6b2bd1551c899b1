"""Why an application's module could not be imported."""

import traceback
from pathlib import Path

OURS = str(Path(__file__).parent)


def import_failure(module: str, error: Exception) -> str:
    """Why a module could not be imported, and the line of its code where that happened."""
    if isinstance(error, SyntaxError):
        return f"importing {module} raised {type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and not frame.filename.startswith(OURS)]
    where = f" at {own[-1].filename}:{own[-1].lineno}" if own else ""
    return f"importing {module} raised {type(error).__name__}{where}: {' '.join(str(error).split())}"
