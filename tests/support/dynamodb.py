"""A server that speaks DynamoDB, for the tests."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class DynamoServer:
    """One that runs."""

    endpoint: str

    def new_table(self, more: str = "") -> str:
        """The URL of a table that is not there yet."""
        return f"dynamodb://t-{uuid4().hex}?region=eu-central-1&endpoint={quote(self.endpoint, safe='')}{more}"


@contextlib.contextmanager
def dynamodb_server() -> Iterator[DynamoServer]:
    """One of its own, until the end."""
    command = [sys.executable, "-m", "tests.support.dynamodb_server"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **CREDENTIALS}, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield DynamoServer(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()
