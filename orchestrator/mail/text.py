"""What is new in a mail: its text without the quoted original, and without the signature.

Rules, in time linear in the text, because any stranger may send it. (`mail-parser-reply` was tried: it leaves what is
quoted above an answer, and 16 kB of "On On On" keep its regular expressions busy for 41 s. `email-reply-parser` has not
been maintained since 2020.)

| what | how it is known |
| --- | --- |
| quoted | a line that begins with `>`; in HTML a `<blockquote>` |
| attribution | up to 3 lines before a quote that end in a colon and hold a year, a time or an address |
| forwarded whole | from `-----Original Message-----` or a block of From:, Sent:, To: on, in five languages |
| signature | from a line `-- ` on |

An answer written under an original that is not marked as quoted cannot be told from it and is lost: the text is empty.
"""

import re
from html import unescape

LONGEST = 100_000
"""Characters that are read."""

QUOTE = ">"
SEPARATOR = re.compile(
    r"[-_ ]{2,}(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|messaggio originale"
    r"|mensaje original)[-_ ]{2,}",
    re.IGNORECASE,
)
HEADER = re.compile(r"\*?(?:from|von|de|da)\*?: ?\S", re.IGNORECASE)
NEXT_HEADER = re.compile(
    r"\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|inviato|oggetto|enviado|para|asunto)\*? ?:",
    re.IGNORECASE,
)
DATED = re.compile(r"\b(?:19|20)\d\d\b|\d:\d\d|@")
WROTE = re.compile(r"(?:wrote|schrieb|a écrit|ha scritto|escribió|schreef)\b[^:]{0,200}:$", re.IGNORECASE)
LONGEST_ATTRIBUTION = 3
"""Lines."""
ATTRIBUTES = re.compile(r"(?:on|am|le|il|el|op|em) ", re.IGNORECASE)
RULE = re.compile(r"[-_ ]*")
SIGNATURE = ("--", "-- ")
TAG = re.compile(r"(<[^<>]*>)")
TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote"})
EMPTY_LINES = frozenset({"p", "br"})
UNSEEN = frozenset({"script", "style", "head", "title"})


def new_text(body: str, *, html: bool = False) -> str:
    """What the sender wrote in this mail, without what was quoted."""
    body = body[:LONGEST]
    text = as_text(body) if html else body
    lines = [line.replace("\xa0", " ") for line in text.splitlines()]
    kept: list[str] = []
    for number, line in enumerate(lines):
        if line.startswith(QUOTE):
            _drop_attribution(kept)
        elif line in SIGNATURE or _attributed(lines, number):
            break
        elif _forwarded(lines, number):
            while kept and RULE.fullmatch(kept[-1]):
                kept.pop()
            break
        else:
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def as_text(html: str) -> str:
    """The text of an HTML body, a line for each of its blocks, with `> ` before what it quotes.

    Not by `html.parser`, whose time is quadratic in a body like `<a <a <a`: 82 s for 100 kB.
    """
    lines: list[str] = []
    line: list[str] = []
    quoted, unseen = 0, ""

    def end_line(*, even_if_empty: bool = False) -> None:
        text = " ".join(unescape("".join(line)).split())
        line.clear()
        if text or even_if_empty:
            lines.append(f"{QUOTE} {text}" if quoted else text)

    for part in TAG.split(_without_comments(html)):
        tag = TAG_NAME.match(part)
        if tag is None:
            if not unseen:
                line.append(part)
            continue
        closing, name = bool(tag[1]), tag[2].lower()
        if unseen:
            unseen = "" if closing and name == unseen else unseen
        elif name in UNSEEN and not closing:
            unseen = name
        elif name in BLOCKS:
            end_line(even_if_empty=name in EMPTY_LINES and not closing)
            if name == "blockquote":
                quoted = max(0, quoted - 1) if closing else quoted + 1
    end_line()
    return "\n".join(lines)


def _without_comments(html: str) -> str:
    kept = []
    start = 0
    while (begin := html.find("<!--", start)) >= 0:
        kept.append(html[start:begin])
        end = html.find("-->", begin)
        start = end + 3 if end >= 0 else len(html)
    return "".join([*kept, html[start:]])


def _drop_attribution(kept: list[str]) -> None:
    """Take `On 3 May 2026, Ann wrote:` off the end, of which a mail program may have made several lines."""
    end = len(kept)
    while end and not kept[end - 1]:
        end -= 1
    if not end or not kept[end - 1].endswith(":"):
        return
    for start in range(end - 1, max(-1, end - 1 - LONGEST_ATTRIBUTION), -1):
        if not kept[start]:
            break
        if ATTRIBUTES.match(kept[start]) and any(DATED.search(line) for line in kept[start:end]):
            del kept[start:]
            return
    if DATED.search(kept[end - 1]):
        del kept[end - 1 :]


def _forwarded(lines: list[str], number: int) -> bool:
    """Whether somebody else's mail begins at this line."""
    if SEPARATOR.fullmatch(lines[number].strip()):
        return True
    following = (line.strip() for line in lines[number + 1 : number + 4])
    return bool(HEADER.match(lines[number].strip())) and any(NEXT_HEADER.match(line) for line in following)


def _attributed(lines: list[str], number: int) -> bool:
    """Whether this line attributes what follows to somebody else, and what follows bears no mark of a quote."""
    block = lines[number : number + LONGEST_ATTRIBUTION]
    if not ATTRIBUTES.match(block[0]):
        return False
    for length in range(1, len(block) + 1):
        together = " ".join(line.strip() for line in block[:length])
        if len(together) > 400 or not block[length - 1].strip():  # noqa: PLR2004 - no attribution is that long
            return False
        if WROTE.search(together[-250:]) and DATED.search(together):
            after = next((line for line in lines[number + length : number + length + 5] if line.strip()), "")
            return not after.startswith(QUOTE)
    return False
