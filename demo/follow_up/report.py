"""The tables at the end."""

from collections import Counter

from rich.console import Console
from rich.table import Table

from demo.follow_up.customers import Customer
from demo.follow_up.scenario import Ended
from demo.follow_up.site import Site


def print_report(console: Console, site: Site, people: list[Customer], ended: Ended) -> None:
    """How it ended with whom, and what it took."""
    console.print(_outcomes(people, ended), _mails(site, ended))


def _outcomes(people: list[Customer], ended: Ended) -> Table:
    rows: dict[tuple[str, str], list[dict[str, int]]] = {}
    for customer in people:
        result = ended.results.get(customer.case.workflow_id, "never started")
        if isinstance(result, str):
            rows.setdefault((customer.habit, "lost"), []).append({"reminders": 0, "handed_over": 0, "automatic": 0})
        else:
            rows.setdefault((customer.habit, result["outcome"]), []).append(result)
    columns = ("reminders", "handed_over", "automatic")
    table = Table("customers", "outcome", "count", "reminders", "handed over", "automatic", title="Outcomes")
    for (habit, outcome), found in sorted(rows.items()):
        sums = [str(sum(result[column] for result in found)) for column in columns]
        table.add_row(habit, outcome, str(len(found)), *sums)
    return table


def _mails(site: Site, ended: Ended) -> Table:
    out = Counter(line["what"] for line in site.mail.read())
    incoming = Counter(line["what"] for line in site.inbound.read())
    table = Table("what", "count", title="Mail")
    for what, count in (
        ("mails delivered to customers", out["delivered"]),
        ("mails offered again after the kill, dropped by Message-ID", out["dropped"]),
        ("replies that became events", incoming["accepted"]),
        ("second copies of a reply, dropped", incoming["duplicate"]),
        ("replies deferred while no worker answered, sent again", incoming["deferred"]),
        ("forged replies", ended.forged),
        ("of them ignored", incoming["ignored"]),
    ):
        table.add_row(what, str(count))
    return table
