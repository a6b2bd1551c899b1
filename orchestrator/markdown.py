"""Text from outside as it may stand in Markdown: on the pages of Temporal's Web UI."""

import re

CONTROLS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
"""White space, and what breaks lines or turns the direction of writing."""
SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$^=-])")
BARE_LINK = re.compile(r"(?i)(https?|ftp|www|mailto)(?=[:.])")
ZERO_WIDTH = "\u200b"
LONGEST = 200
"""Characters of one text."""


def inline(text: str, longest: int = LONGEST) -> str:
    """A text as itself, on one line: nothing in it is markup, ends a table's cell or becomes a link."""
    return BARE_LINK.sub(rf"\1{ZERO_WIDTH}", SPECIAL.sub(r"\\\1", one_line(text, longest)))


def code(text: str, longest: int = LONGEST) -> str:
    """A text between backticks, as it may also stand in a table's cell."""
    return f"`{one_line(text, longest).replace('`', chr(39)).replace('|', '¦')}`"


def one_line(text: str, longest: int = LONGEST) -> str:
    """A text without line breaks, cut at its end."""
    line = CONTROLS.sub(" ", text).strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
