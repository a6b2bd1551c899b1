"""The table at the end."""

import statistics
from collections import Counter

from rich.console import Console
from rich.table import Table

from demo.dataset import Record
from demo.evidence import LETTER, Nodes
from demo.scenario import Outcome
from demo.site import Site


def print_report(console: Console, site: Site, outcome: Outcome, records: list[Record], found: Nodes) -> None:
    """What was decided, how it compares, and what it took."""
    console.print(_decisions(outcome, records), _execution(site, outcome, found))


def _decisions(outcome: Outcome, records: list[Record]) -> Table:
    """The decisions against those of the lenders in 1990."""
    denied = {record.application_id: record.denied for record in records}
    rows: Counter[tuple[str, str, bool]] = Counter()
    for application_id, decision in outcome.decisions.items():
        if isinstance(decision, str):
            rows["lost", "", denied[application_id]] += 1
        else:
            by = "rules" if decision["decided_by"] == "rules" else "underwriter"
            rows[decision["outcome"], by, denied[application_id]] += 1
    table = Table("decision", "by", "applications", "lenders approved", "lenders denied", title="Decisions")
    for what, by in sorted({key[:2] for key in rows}):
        approved, refused = rows[what, by, False], rows[what, by, True]
        table.add_row(what, by, str(approved + refused), str(approved), str(refused))
    same = sum(count for (what, _, denied_), count in rows.items() if what == ("denied" if denied_ else "approved"))
    decided = sum(count for (what, _, _), count in rows.items() if what in ("approved", "denied"))
    table.add_section()
    table.add_row(
        "same as the lenders", "", f"{same} of {decided} ({same / decided:.0%})" if decided else "none", "", ""
    )
    return table


def _execution(site: Site, outcome: Outcome, found: Nodes) -> Table:
    """What it took."""
    ledger, mail = site.ledger.read(), site.mail.read()
    orders = Counter(entry["what"] for entry in ledger)
    mails = Counter(entry["what"] for entry in mail)
    letters = sum(entry["what"] == "delivered" and entry["subject"].startswith(LETTER) for entry in mail)
    decided = [decision for decision in outcome.decisions.values() if isinstance(decision, dict)]
    table = Table("what", "count", title="Execution")
    for what, count in (
        ("nodes run", found.run),
        ("finished nodes run twice", len(found.twice)),
        ("nodes cut short by a kill, run again", found.again_after_kill),
        ("nodes failed in an outage, run again", found.again_after_failure),
        ("workers killed and restarted", len(outcome.kills)),
        ("outages of the bureau", outcome.outages),
        ("orders carried out by the bureau", orders["done"]),
        ("orders repeated under the same key, answered from the ledger", orders["again"]),
        ("orders refused in the outage", orders["refused"]),
        ("appraisals ordered again after the deadline", sum(one["appraisals_ordered"] > 1 for one in decided)),
        ("reminders to applicants", sum(one["reminders"] for one in decided)),
        ("letters delivered", letters),
        ("mails offered again, dropped by Message-ID", mails["dropped"]),
        ("Temporal events per application, median", int(statistics.median(outcome.history_events or [0]))),
    ):
        table.add_row(what, str(count))
    return table
