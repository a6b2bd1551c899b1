"""From a URL to a store."""

from urllib.parse import urlsplit

from orchestrator.checkpoints.memory import MemoryStore
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.connect import DEFAULT_NAMESPACE, connection
from orchestrator.errors import MissingExtra
from orchestrator.secrets.configured import keyring
from orchestrator.settings import Settings, load
from orchestrator.urls import check_url


def open_store(url: str, settings: Settings | None = None, namespace: str | None = None) -> CheckpointStore:
    """The store behind a URL, not yet connected; it encrypts if the settings name keys.

    Args:
        url: Of the checkpointer.
        settings: By default the environment's.
        namespace: Temporal's, whose keys count; by default that of Temporal's own settings.

    Raises:
        ConfigurationError: The URL's scheme is unknown, or the keys make no sense. *Not retryable.*
        MissingExtra: Its driver is not installed, or the extra `encryption`. *Not retryable.*
    """
    store = _bare(check_url(url))
    if isinstance(store, MemoryStore):  # as everything else in this process
        return store
    settings = settings or load()
    keys = keyring(settings, namespace or connection().get("namespace") or DEFAULT_NAMESPACE)
    if keys is None:
        return store
    from orchestrator.secrets.store import SealedStore

    return SealedStore(store, keys, required=settings.encryption_required)


def _bare(url: str) -> CheckpointStore:
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return MemoryStore(url)
    if scheme == "sqlite":
        from orchestrator.checkpoints.sqlite import SqliteStore

        return SqliteStore(url, urlsplit(url).path.removeprefix("/"))
    if scheme in ("redis", "rediss"):
        return _redis(url)
    if scheme == "dynamodb":
        return _dynamodb(url)
    return _postgres(url)


def _postgres(url: str) -> CheckpointStore:
    try:
        from orchestrator.checkpoints.postgres import PostgresStore
    except ImportError as error:
        raise MissingExtra("A postgresql:// checkpointer", "postgres") from error
    return PostgresStore(url)


def _redis(url: str) -> CheckpointStore:
    try:
        from orchestrator.checkpoints.redis import RedisStore
    except ImportError as error:
        raise MissingExtra("A redis:// checkpointer", "redis") from error
    return RedisStore(url)


def _dynamodb(url: str) -> CheckpointStore:
    try:
        from orchestrator.checkpoints.dynamodb import DynamoStore
    except ImportError as error:
        raise MissingExtra("A dynamodb:// checkpointer", "dynamodb") from error
    return DynamoStore(url)
