"""What must be so at the end, and is not."""

from collections import Counter
from typing import Any

from demo.follow_up.customers import Customer

OURS = ("first", "reminder", "answer")


def faults(
    people: list[Customer],
    results: dict[str, dict[str, Any] | str],
    outcomes: dict[str, str],
    delivered: list[dict[str, Any]],
    sent: dict[str, list[str]],
) -> list[str]:
    """A line for each thing that was lost, done twice or misunderstood.

    Args:
        people: Who was written to.
        results: By workflow id: the result, or why there is none.
        outcomes: By workflow id, as they were recorded.
        delivered: The lines of the customers' mail server; of a mail that came again, the copy was `dropped`.
        sent: By address: the Message-IDs of what the customers sent.
    """
    wrong = []
    got: dict[str, list[str]] = {}
    for line in delivered:
        if line["what"] == "delivered":
            got.setdefault(line["to"], []).append(line["message_id"])
    for customer in people:
        case, result = customer.case, results.get(customer.case.workflow_id, "never started")
        who = f"{case.customer}, who {customer.habit}:"
        if isinstance(result, str):
            wrong.append(f"{who} {result}")
            continue
        mails = result["conversation"]
        written = [mail["message_id"] for mail in mails if mail["kind"] in OURS]
        read = [mail["message_id"] for mail in mails if mail["kind"] not in OURS]
        kinds = Counter(mail["kind"] for mail in mails)
        checks = {
            f"outcome {result['outcome']}, not {customer.outcome}": result["outcome"] == customer.outcome,
            f"recorded as {outcomes.get(case.workflow_id)}": outcomes.get(case.workflow_id) == result["outcome"],
            f"{len(written)} mails written, {len(got.get(case.email, []))} got": written == got.get(case.email, []),
            f"first mail sent {kinds['first']} times": kinds["first"] == 1,
            f"a mail is {Counter(written).most_common(1)} times in the conversation": len(set(written)) == len(written),
            f"{len(sent.get(case.email, []))} mails sent, {len(read)} read": read == sent.get(case.email, []),
            f"a person was asked {result['handed_over']} times": result["handed_over"] == customer.questions,
            f"{kinds['answer']} answers": kinds["answer"] == customer.habit.startswith("asks"),
        }
        wrong += [f"{who} {what}" for what, holds in checks.items() if not holds]
    return wrong
