"""Links out of docs/, into the repository: they lead somewhere on the code's own site, and nowhere on this one.

Used by mkdocs.yml. Each is checked, and shown as what it names.
"""  # noqa: INP001 - a file that mkdocs loads, no package

import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

OUTSIDE = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>\.\./[^)#]+)(?:#[^)]*)?\)")
DOCS = Path(__file__).parent


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page without links that leave docs/.

    Raises:
        PluginError: One leads to nothing in the repository.
    """

    def shown(match: re.Match[str]) -> str:
        target = (DOCS / page.file.src_uri).parent / match["target"]
        if not target.exists():
            raise PluginError(f"{page.file.src_uri}: {match['target']} does not exist.")
        text = match["text"].strip("`")
        path = target.resolve().relative_to(DOCS.parent)
        return f"`{path}`" if text in (path.name, str(path)) else f"{match['text']} (`{path}`)"

    return OUTSIDE.sub(shown, markdown)
