"""Sending what is still on its way, before a process ends that runs no exit handlers."""

import contextlib
import sys
import threading

PATIENCE_SECONDS = 5.0
"""A collector that is down must not keep a worker from ending."""


def flush() -> None:
    """Send what OpenTelemetry and LangSmith have not sent yet; costs nothing where neither was used."""
    sending = threading.Thread(target=_send, name="flush", daemon=True)
    if "opentelemetry.sdk.trace" in sys.modules or "langchain_core.tracers.langchain" in sys.modules:
        sending.start()
        sending.join(PATIENCE_SECONDS)


def _send() -> None:
    if "opentelemetry.sdk.trace" in sys.modules:
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider

        provider = trace.get_tracer_provider()
        if isinstance(provider, TracerProvider):
            provider.force_flush()
    if "langchain_core.tracers.langchain" in sys.modules:
        from langchain_core.tracers.langchain import wait_for_all_tracers

        with contextlib.suppress(Exception):  # whatever its reason, it must not change the exit status
            wait_for_all_tracers()
