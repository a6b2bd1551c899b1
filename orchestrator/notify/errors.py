"""Why a notice did not reach somebody; a channel's `send` raises one of these.

OrchestratorError
└── NotDelivered
    ├── AddressRefused   not retryable: this recipient will never take it; the others get theirs
    ├── Deferred         retryable: this recipient does not take it now
    └── ChannelDown      retryable: nobody can be reached through this channel now
"""

from datetime import timedelta

from orchestrator.errors import OrchestratorError


class NotDelivered(OrchestratorError):
    """A recipient did not get a notice."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        """When the other side wants to be asked again."""


class AddressRefused(NotDelivered):
    """The recipient will never take this notice. *Not retryable;* remembered, so that no attempt tries it again."""


class Deferred(NotDelivered):
    """The recipient does not take this notice now. *Retryable.*"""


class ChannelDown(NotDelivered):
    """Nobody can be reached through the channel now; the attempt tries no further recipient. *Retryable.*"""
