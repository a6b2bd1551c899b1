"""What a reply means, by rules. They decide only what is plain; everything else is for a person.

| in this order | when |
| --- | --- |
| unsubscribe | the word, or "stop writing", "remove me" |
| automatic | the mail says that a machine wrote it, or its subject or text that nobody is in |
| unclear | empty, or over 500 characters: nobody says only yes at such length |
| question | a question mark |
| later | one day that is named, from tomorrow to a year from now, and no yes |
| yes, no | words of the one kind and none of the other |
| unclear | the rest |
"""

import re
from datetime import date, timedelta

from graphs.follow_up_case import Incoming, Meaning

LONGEST_PLAIN = 500
"""Characters."""
FARTHEST = timedelta(days=366)

UNSUBSCRIBE = re.compile(r"\bunsubscribe\b|\bstop (?:writing|mailing|e-?mailing)\b|\bremove me\b", re.IGNORECASE)
AWAY = re.compile(r"out of (?:the )?office|automatic reply|auto-?reply|abwesenheit|on (?:annual )?leave", re.IGNORECASE)
YES = re.compile(r"\b(?:yes|yep|sure|ok|okay|agreed|go ahead|please do|let's do it|deal|gladly)\b", re.IGNORECASE)
NO = re.compile(r"\b(?:no|nope|not|don't|decline|won't|never|cancel)\b", re.IGNORECASE)

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = "(" + "|".join(MONTHS) + r")[a-z]*\.?"
ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? (\d{{4}}))?\b", re.IGNORECASE)
MONTH_DAY = re.compile(rf"\b{MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?", re.IGNORECASE)
IN_SOME = re.compile(r"\bin (a|an|\d{1,3}) (day|week|month)s?\b", re.IGNORECASE)
NEXT = re.compile(r"\b(tomorrow|next week|next month)\b", re.IGNORECASE)
DAYS = {"day": 1, "week": 7, "month": 30, "tomorrow": 1, "next week": 7, "next month": 30}


def meaning(mail: Incoming, today: date) -> Meaning:
    """What the mail means."""
    machine = automatic(mail)
    if machine is not None:
        return machine
    if UNSUBSCRIBE.search(mail.text) or UNSUBSCRIBE.fullmatch(mail.subject.strip()):
        return Meaning(kind="unsubscribe")
    return answer(mail.text.strip(), today)


def answer(text: str, today: date) -> Meaning:
    """What a text means as the answer to whether we shall go ahead."""
    if not 0 < len(text) <= LONGEST_PLAIN:
        return Meaning(kind="unclear", why="It is long." if text else "It has no text.")
    if "?" in text:
        return Meaning(kind="question")
    yes, no, days = YES.search(text), NO.search(text), named_days(text, today)
    if days:
        plain = len(days) == 1 and not yes and timedelta(0) < days[0] - today <= FARTHEST
        why = "It says yes and a day, or several days, or one that is past or far."
        return Meaning(kind="later", day=days[0]) if plain else Meaning(kind="unclear", why=why)
    if bool(yes) != bool(no):
        return Meaning(kind="yes" if yes else "no")
    return Meaning(kind="unclear", why="It says both yes and no." if yes else "It says neither yes nor no.")


def automatic(mail: Incoming) -> Meaning | None:
    """That no person wrote it, if so."""
    if mail.auto_submitted:
        return Meaning(kind="automatic", why="Its headers say so.")
    if AWAY.search(mail.subject) or AWAY.search(mail.text[:LONGEST_PLAIN]):
        return Meaning(kind="automatic", why="Nobody is in.")
    return None


def named_days(text: str, today: date) -> list[date]:
    """The days that a text names, each once."""
    found = [_day(int(y), int(m), int(d)) for y, m, d in ISO.findall(text)]
    found += [_day(int(y), int(m), int(d)) for d, m, y in DOTTED.findall(text)]
    parts = [(d, m, y) for d, m, y in DAY_MONTH.findall(text)] + [(d, m, y) for m, d, y in MONTH_DAY.findall(text)]
    for d, m, y in parts:
        month = MONTHS.index(m[:3].lower()) + 1
        day = _day(int(y) if y else today.year, month, int(d))
        found.append(_day(today.year + 1, month, int(d)) if day and not y and day <= today else day)
    for count, unit in IN_SOME.findall(text):
        number = 1 if count.lower() in ("a", "an") else int(count)
        found.append(today + timedelta(days=number * DAYS[unit.lower()]))
    found += [today + timedelta(days=DAYS[word.lower()]) for word in NEXT.findall(text)]
    return sorted({day for day in found if day is not None})


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
