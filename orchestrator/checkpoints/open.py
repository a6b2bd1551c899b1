"""From a URL to a store."""

from urllib.parse import urlsplit

from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import MissingExtra
from orchestrator.urls import check_url


def open_store(url: str) -> CheckpointStore:
    """The store behind a URL, not yet connected.

    Raises:
        ConfigurationError: The URL's scheme is unknown. *Not retryable.*
        MissingExtra: Its driver is not installed. *Not retryable.*
    """
    url = check_url(url)
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        from orchestrator.checkpoints.memory import MemoryStore

        return MemoryStore(url)
    if scheme == "sqlite":
        from orchestrator.checkpoints.sqlite import SqliteStore

        return SqliteStore(url, urlsplit(url).path.removeprefix("/"))
    try:
        from orchestrator.checkpoints.postgres import PostgresStore
    except ImportError as error:
        raise MissingExtra("A postgresql:// checkpointer", "postgres") from error
    return PostgresStore(url)
