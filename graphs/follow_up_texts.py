"""What the follow-up writes, where no chat model words it."""

from graphs.follow_up_case import Draft, FollowUpCase

HOW_TO_ANSWER = (
    "Just reply to this mail: yes or no, a question, or the day on which we should ask again.\n"
    "With the word unsubscribe you hear no more of us.\n"
)


def first(case: FollowUpCase) -> Draft:
    """The mail that opens the matter."""
    text = f"Dear {case.name},\n\nsome days ago you had our offer: {case.offer}. Shall we go ahead?\n\n{HOW_TO_ANSWER}"
    return Draft(kind="first", subject=f"Your offer: {case.offer}", text=text)


def reminder(case: FollowUpCase, number: int) -> Draft:
    """A reminder; number 0 is the mail on the day that the customer named."""
    opening = "we have not heard from you" if number else "you asked us to write again"
    text = f"Dear {case.name},\n\n{opening} about our offer: {case.offer}. Shall we go ahead?\n\n{HOW_TO_ANSWER}"
    return Draft(kind="reminder", subject=f"Re: Your offer: {case.offer}", text=text)


def answer(case: FollowUpCase, text: str) -> Draft:
    """What a person wrote."""
    return Draft(kind="answer", subject=f"Re: Your offer: {case.offer}", text=f"{text.strip()}\n")
