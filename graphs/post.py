"""How the graphs write to an applicant. Who carries the mail is not their business."""

from typing import Protocol


class Post(Protocol):
    """Carries mail."""

    async def send(self, *, key: str, to: str, subject: str, text: str) -> str:
        """The message id of the mail. A key that was sent before is not sent again.

        Args:
            key: Identifies the mail over all attempts to send it.
            to: A mail address.
            subject: One line.
            text: Plain text.

        Raises:
            OSError: The mail server does not answer. *Retryable.*
        """
        ...
