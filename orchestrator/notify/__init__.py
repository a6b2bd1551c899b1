"""Tells people of human tasks and parked stages."""

from orchestrator.notify.channel import DEFAULT_EVENTS, Channel, Recipient
from orchestrator.notify.directory import Directory
from orchestrator.notify.errors import AddressRefused, ChannelDown, Deferred, NotDelivered
from orchestrator.notify.links import Links
from orchestrator.notify.mail import Email
from orchestrator.notify.slack import Slack
from orchestrator.notify.webhook import Webhook

__all__ = [
    "DEFAULT_EVENTS",
    "AddressRefused",
    "Channel",
    "ChannelDown",
    "Deferred",
    "Directory",
    "Email",
    "Links",
    "NotDelivered",
    "Recipient",
    "Slack",
    "Webhook",
]
