"""Versions of channels, in half the bytes of LangGraph's.

A checkpoint names one for each channel, and for each node those that it has seen: in a graph of many nodes they are
most of what is written.

LangGraph compares versions as texts. A plus sorts before the digit with which its own begin, and `int` reads it: so its
savers can go on with a thread of ours, and we with one of theirs.
"""

from secrets import token_urlsafe


def next_version(current: str | int | None) -> str:
    """One that sorts after `current`. No two are equal: a thread that is forked has other values under the same number.

    Args:
        current: The latest of all channels of a checkpoint; None: there is none.
    """
    if current is None:
        return _short(1)
    number = int(str(current).partition(".")[0]) + 1
    return _short(number) if str(current).startswith("+") else f"{number:032}.{_unique()}"


def _short(number: int) -> str:
    return f"+{number:010}.{_unique()}"


def _unique() -> str:
    return token_urlsafe(6)
