"""The channels of a worker: those that the application registers, and those that the settings describe."""

import structlog

from orchestrator.app import Orchestrator
from orchestrator.errors import ConfigurationError
from orchestrator.notify.channel import Channel
from orchestrator.notify.directory import Directory
from orchestrator.notify.links import Links
from orchestrator.notify.mail import Email
from orchestrator.notify.slack import Slack
from orchestrator.notify.webhook import Webhook
from orchestrator.settings import Settings

log = structlog.get_logger(__name__)


def channels_of(app: Orchestrator, settings: Settings) -> list[Channel]:
    """The channels, each checked. One that the application registers comes before one of the settings of that name.

    Raises:
        MissingExtra: A channel's library is not installed. *Not retryable.*
        ConfigurationError: A channel makes no sense. *Not retryable.*
    """
    channels = dict(app.channels)
    for channel in _from(settings):
        if channel.name in channels:
            log.info("the application's own channel goes before the one in the settings", channel=channel.name)
        channels.setdefault(channel.name, channel)
    for channel in channels.values():
        channel.check()
    return list(channels.values())


def _from(settings: Settings) -> list[Channel]:
    directory = Directory(settings.directory)
    found: list[Channel] = []
    if settings.smtp_url is not None:
        if settings.mail_from is None:
            raise ConfigurationError("ORCHESTRATOR_SMTP_URL is set: set ORCHESTRATOR_MAIL_FROM as well, to an address.")
        found.append(
            Email(
                settings.smtp_url,
                sender=settings.mail_from,
                directory=directory,
                operators=settings.operators,
                links=_links(settings),
                web_ui_url=settings.web_ui_url,
                templates=settings.mail_templates,
            )
        )
    if settings.webhook_url is not None:
        if settings.webhook_secret is None:
            raise ConfigurationError("ORCHESTRATOR_WEBHOOK_URL is set: set ORCHESTRATOR_WEBHOOK_SECRET as well.")
        found.append(Webhook(settings.webhook_url, secret=settings.webhook_secret))
    if settings.slack_webhook_url is not None:
        found.append(
            Slack(
                settings.slack_webhook_url,
                directory=directory,
                operators=settings.operators,
                web_ui_url=settings.web_ui_url,
            )
        )
    return found


def _links(settings: Settings) -> Links | None:
    if settings.public_url is None or settings.link_secret is None:
        return None
    return Links(settings.public_url, settings.link_secret, settings.link_lifetime)
