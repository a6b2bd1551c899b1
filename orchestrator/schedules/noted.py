"""The note of a schedule: its own, and behind it who paused or resumed it last, and why. Temporal keeps one text."""

import re
from typing import Literal

MARK = re.compile(r"\s*\[(?:paused|resumed)(?: by [^\]]*)?(?:: [^\]]*)?\]$")
SERVERS = re.compile(r"(?i)paused due to workflow failure.*|(?:un)?paused via python sdk")
"""What Temporal writes in place of a note."""


def noted(note: str | None, what: Literal["paused", "resumed"], by: str | None, why: str | None) -> str:
    """The note after a pause or a resume.

    Args:
        note: As it was.
        what: Which of the two.
        by: Who did it.
        why: Why.
    """
    own = SERVERS.sub("", MARK.sub("", note or "")).strip()
    who = f" by {_plain(by)}" if by else ""
    return f"{own} [{what}{who}{f': {_plain(why)}' if why else ''}]".strip()


def renoted(note: str | None, own: str) -> str:
    """The note with another text of its own: who has paused or resumed it stays."""
    mark = MARK.search(note or "")
    return f"{own} {mark[0].strip()}" if mark else own


def _plain(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")
