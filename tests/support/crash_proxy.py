"""The proxy that the crash tests cut: the one that users have."""

from orchestrator.testing.outage import HOST, Proxy, proxy, socket_of

__all__ = ["HOST", "Proxy", "proxy", "socket_of"]
