"""How the follow-up writes to a customer so that the reply finds back. Who carries the mail is not its business."""

from typing import Protocol


class ReplyablePost(Protocol):
    """Carries mail whose reply becomes an event of a workflow."""

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        ...

    async def send(
        self, *, key: str, workflow_id: str, event: str, to: str, subject: str, text: str, thread: list[str]
    ) -> str:
        """The message id of the mail. A key that was sent before is not sent again.

        Args:
            key: Identifies the mail over all attempts to send it.
            workflow_id: Who waits for the reply.
            event: Under which name.
            to: A mail address.
            subject: One line.
            text: Plain text.
            thread: Message ids of the conversation so far, the oldest first.

        Raises:
            OSError: The mail server does not answer. *Retryable.*
        """
        ...
