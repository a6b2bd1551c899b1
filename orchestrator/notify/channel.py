"""A way to tell people something: mail, a webhook, a chat, or one of your own."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass

from pydantic import ValidationError

from orchestrator.calls import ChannelInfo, Notice, NoticeEvent
from orchestrator.errors import ConfigurationError
from orchestrator.model import reasons

DEFAULT_EVENTS: tuple[NoticeEvent, ...] = (
    "opened",
    "assigned",
    "reminded",
    "escalated",
    "overdue",
    "expired",
    "parked",
)
"""What somebody should do something about; `decided` and `withdrawn` only close what was open."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One place where a notice goes."""

    address: str
    """What the channel sends to. A notice goes once to each."""
    person: str
    """Whose it is, by the name under which tasks are assigned; the address itself, where that is all that is known."""
    groups: frozenset[str] = frozenset()
    """Those of the names asked for through which they were found, without `group:`. Links carry them as proof."""


class Channel(ABC):
    """Tells people of human tasks and parked stages. Subclass it for a way of your own.

    It is made where the application is defined, which may be inside the workflow sandbox: the constructor only keeps
    what it is given, and `check` does the rest.
    """

    name: str
    """Unique in the application."""
    events: Collection[NoticeEvent] = DEFAULT_EVENTS
    """What it sends."""

    def info(self) -> ChannelInfo:
        """The channel as the workflow knows it.

        Raises:
            ConfigurationError: There is no event of that name. *Not retryable.*
        """
        try:
            return ChannelInfo(name=self.name, events=list(self.events))
        except ValidationError as error:
            raise ConfigurationError(f"The channel {self.name!r} makes no sense: {reasons(error)}.") from error

    def check(self) -> None:  # noqa: B027 - most of a user's own have nothing to check
        """Whether the channel could work, as far as that can be told without sending. Called once, as a worker starts.

        Raises:
            MissingExtra: A library is not installed. *Not retryable.*
            ConfigurationError: Something it was given makes no sense. *Not retryable.*
        """

    @abstractmethod
    async def recipients(self, notice: Notice) -> list[Recipient]:
        """Where the notice goes; empty: nowhere, and that is fine."""

    @abstractmethod
    async def send(self, notice: Notice, to: Recipient, key: str) -> None:
        """Send the notice to one recipient.

        Args:
            notice: What happened.
            to: One of `recipients`.
            key: The same on every attempt to send this notice to this recipient, and another one for any other.

        Raises:
            AddressRefused: The recipient will never take it. *Not retryable.*
            Deferred: The recipient does not take it now. *Retryable.*
            ChannelDown: Nobody can be reached now. *Retryable.*
            ConfigurationError: The channel itself is at fault. *Not retryable.*
            Exception: Whatever else is taken for `Deferred`. *Retryable.*
        """
