"""A server that speaks DynamoDB, for the tests."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class DynamoServer:
    """One that runs."""

    endpoint: str

    def new_table(self, more: str = "") -> str:
        """The URL of a table that is not there yet."""
        return table_at(self.endpoint) + more

    def new_bucket(self) -> str:
        """The name of an S3 bucket."""
        import boto3

        name = f"b-{uuid4().hex}"
        with contextlib.closing(boto3.session.Session().client("s3", "eu-central-1", endpoint_url=self.endpoint)) as s3:
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        return name

    def throttle(self, requests: int) -> None:
        """Refuse the next ones."""
        with urlopen(Request(f"{self.endpoint}/throttle/{requests}", method="POST")):
            pass

    @contextlib.contextmanager
    def losing_answers(self) -> Iterator[None]:
        """Do what is asked, and let the first answer to each request be lost; those to transactions are not."""
        self._post("lose/1")
        try:
            yield
        finally:
            self._post("lose/0")

    def _post(self, path: str) -> None:
        with urlopen(Request(f"{self.endpoint}/{path}", method="POST")):
            pass


def table_at(endpoint: str) -> str:
    """The URL of a table that is not there yet."""
    return f"dynamodb://t-{uuid4().hex}?region=eu-central-1&endpoint={quote(endpoint, safe='')}"


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
