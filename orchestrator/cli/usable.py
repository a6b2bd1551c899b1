"""Settings that have a value each, and which workers or `serve` refuse all the same."""

import ipaddress

from orchestrator.app import Orchestrator
from orchestrator.errors import ConfigurationError
from orchestrator.settings import Settings


def refused(settings: Settings, application: Orchestrator | None) -> list[str]:
    """Why each that makes no sense does not: what a worker or `serve` would say when it starts."""
    complaints = []
    for check in (_metrics, _deployment, _tokens, _channels, _inbound):
        try:
            check(settings, application)
        except ConfigurationError as error:
            complaints.append(str(error))
    return complaints


def _metrics(settings: Settings, _application: Orchestrator | None) -> None:
    """Only whether it is an address: a worker may listen there now."""
    if settings.metrics_bind is None:
        return
    host, _, port = settings.metrics_bind.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
        sensible = 0 <= int(port) < 2**16
    except ValueError:
        sensible = False
    if not sensible:
        raise ConfigurationError(f"ORCHESTRATOR_METRICS_BIND={settings.metrics_bind!r}: write ADDRESS:PORT.")


def _deployment(settings: Settings, application: Orchestrator | None) -> None:
    from orchestrator.versions.versioning import deployment_config

    if application is None:  # its package would tell the build id
        settings = settings.model_copy(update={"build_id": settings.build_id or "unknown"})
    deployment_config(application or _nothing(), settings)


def _tokens(settings: Settings, _application: Orchestrator | None) -> None:
    from orchestrator.identity.tokens import verifier

    verifier(settings)


def _channels(settings: Settings, application: Orchestrator | None) -> None:
    from orchestrator.notify.configured import channels_of

    channels_of(application or _nothing(), settings)


def _inbound(settings: Settings, _application: Orchestrator | None) -> None:
    from orchestrator.serve.signatures import Signatures

    if settings.inbound_secret is not None:
        Signatures(settings.inbound_secret.get_secret_value())


def _nothing() -> Orchestrator:
    return Orchestrator("nothing")
