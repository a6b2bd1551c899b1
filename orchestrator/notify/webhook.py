"""Notices as signed webhooks, for other programs."""

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from orchestrator.calls import Notice, NoticeEvent
from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.notify.channel import DEFAULT_EVENTS, Channel, Recipient
from orchestrator.notify.posting import check_installed, checked_url, post


class Webhook(Channel):
    """The notice as JSON, posted to one URL and signed by the Standard Webhooks scheme.

    `webhook-id` is the same on every attempt: by it the receiver drops what it has already. Unlike mail and chat, the
    notice holds the task's payload (up to 4 KiB).

    Args:
        url: Where to.
        secret: The shared secret, `whsec_` and base64; several, separated by commas, while rotating.
        events: What it sends.
        name: Unique in the application.
        timeout: Of one request.

    Raises:
        ConfigurationError: The URL makes no sense. *Not retryable.*
    """

    def __init__(
        self,
        url: str | SecretStr,
        *,
        secret: str | SecretStr,
        events: Collection[NoticeEvent] = DEFAULT_EVENTS,
        name: str = "webhook",
        timeout: timedelta = timedelta(seconds=20),
    ) -> None:
        self.name = name
        self.events = events
        self.url = SecretStr(checked_url(url.get_secret_value() if isinstance(url, SecretStr) else url, name))
        self.secret = secret if isinstance(secret, SecretStr) else SecretStr(secret)
        self.timeout = timeout

    def check(self) -> None:
        """See `Channel.check`."""
        check_installed("Sending webhooks")
        self._signature("id", datetime.now(UTC), "")

    async def recipients(self, notice: Notice) -> list[Recipient]:  # noqa: ARG002
        """The URL, whoever the notice is for. It is called by the channel's name, because the URL may be a secret."""
        return [Recipient(self.name, self.name)]

    async def send(self, notice: Notice, to: Recipient, key: str) -> None:  # noqa: ARG002
        """See `Channel.send`."""
        body = notice.model_dump_json()
        now = datetime.now(UTC)
        id_ = f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"  # the scheme allows no full stop in it
        headers = {
            "webhook-id": id_,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signature(id_, now, body),
        }
        await post(self.url.get_secret_value(), body.encode(), headers, what=self.name, within=self.timeout)

    def _signature(self, id_: str, now: datetime, body: str) -> str:
        try:
            from standardwebhooks import Webhook as Scheme
        except ImportError as error:
            raise MissingExtra("Sending webhooks", "webhooks") from error
        try:
            secrets = [secret.strip() for secret in self.secret.get_secret_value().split(",")]
            return " ".join(Scheme(secret).sign(id_, now, body) for secret in secrets)
        except Exception as error:  # the library's own, and base64's
            raise ConfigurationError(
                f"The secret of the webhook {self.name!r} is not of the form whsec_ and base64; "
                'one is made by: echo "whsec_$(openssl rand -base64 32)".'
            ) from error
