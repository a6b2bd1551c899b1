"""Notices in a Slack channel, or in whatever else takes Slack's incoming webhooks."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import to_json
from temporalio import activity

from orchestrator.calls import Notice, NoticeEvent
from orchestrator.notify.channel import DEFAULT_EVENTS, Channel, Recipient
from orchestrator.notify.directory import SLACK, Directory, Entries, Lookup
from orchestrator.notify.posting import check_installed, checked_url, post
from orchestrator.notify.wording import command, facts, headline, web_ui_link

LONGEST_TEXT = 2900
"""Characters of a section; Slack takes 3,000."""


class Slack(Channel):
    """A message to one incoming webhook. It mentions those whom the notice is for.

    It holds no one-click links: everybody in the channel would have them.

    Args:
        url: The incoming webhook.
        directory: From names to Slack's ids: `{"ann": ["ann@x.org", "slack:U024BE7LH"]}`; a user group's begins with
            S. Whoever has none is named in plain text.
        operators: Who is mentioned when a stage was parked.
        events: What it sends.
        web_ui_url: Puts a link to Temporal's Web UI into each message.
        name: Unique in the application.
        timeout: Of one request.

    Raises:
        ConfigurationError: The URL makes no sense. *Not retryable.*
    """

    def __init__(
        self,
        url: str | SecretStr,
        *,
        directory: Directory | Entries | Path | Lookup | None = None,
        operators: Sequence[str] = (),
        events: Collection[NoticeEvent] = DEFAULT_EVENTS,
        web_ui_url: str | None = None,
        name: str = "slack",
        timeout: timedelta = timedelta(seconds=20),
    ) -> None:
        self.name = name
        self.events = events
        self.operators = operators
        self.directory = Directory(directory)
        self.web_ui_url = web_ui_url
        self.url = SecretStr(checked_url(url.get_secret_value() if isinstance(url, SecretStr) else url, name))
        self.timeout = timeout

    def check(self) -> None:
        """See `Channel.check`."""
        check_installed("Notices to Slack")
        self.directory.check()

    async def recipients(self, notice: Notice) -> list[Recipient]:  # noqa: ARG002
        """The one channel, by our own name for it: its URL is a secret."""
        return [Recipient(self.name, self.name)]

    async def send(self, notice: Notice, to: Recipient, key: str) -> None:  # noqa: ARG002
        """See `Channel.send`. Slack knows no idempotency key: see the guide for what that means."""
        body = to_json(await self.payload(notice))
        await post(self.url.get_secret_value(), body, {}, what=self.name, within=self.timeout)

    async def payload(self, notice: Notice) -> dict[str, Any]:
        """The message: blocks, and the text that notifications show."""
        title = escaped(headline(notice))
        parts = [f"*{title}*", " ".join(await self._mentions(notice))]
        if notice.task is not None and notice.task.description:
            parts.append(escaped(notice.task.description))
        parts.append("\n".join(f"{label}: {escaped(value)}" for label, value in facts(notice) if label != "For"))
        line = command(notice)
        if line:
            parts.append(f"`{escaped(line)}`")
        if self.web_ui_url:
            namespace = activity.info().namespace if activity.in_activity() else "default"
            parts.append(f"<{escaped(web_ui_link(self.web_ui_url, namespace, notice.workflow_id))}|Temporal Web UI>")
        return {"text": title, "blocks": [_section(part) for part in parts if part]}

    async def _mentions(self, notice: Notice) -> list[str]:
        found = []
        for name in [*notice.to, *(self.operators if notice.event == "parked" else ())]:
            ids = [each.address for each in await self.directory.find([name]) if each.address.startswith(SLACK)]
            found += [_mention(id_.removeprefix(SLACK)) for id_ in ids] or [escaped(name)]
        return list(dict.fromkeys(found))


def escaped(text: str) -> str:
    """The text with Slack's three control characters as entities: nobody is mentioned and nothing linked by it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mention(id_: str) -> str:
    return escaped(id_) if not id_.isalnum() else f"<!subteam^{id_}>" if id_.startswith("S") else f"<@{id_}>"


def _section(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}…"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
