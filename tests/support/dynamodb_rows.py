"""What stands in a DynamoDB checkpointer, read and changed past the engine."""

from collections.abc import Iterator
from typing import Any

from orchestrator.checkpoints.dynamodb_address import Address

KEPT: dict[str, list[dict[str, Any]]] = {}
"""Items by table, as they were when they were kept."""


def client(url: str) -> Any:
    """Of boto3, which a workflow's sandbox does not import."""
    import boto3

    address = Address.of(url)
    return boto3.session.Session().client(
        "dynamodb",
        region_name=address.region,
        endpoint_url=address.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def items(url: str) -> list[dict[str, Any]]:
    """All that is in the table."""
    found: list[dict[str, Any]] = []
    for page in client(url).get_paginator("scan").paginate(TableName=Address.of(url).table, ConsistentRead=True):
        found += page["Items"]
    return found


def of_threads(url: str, kind: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The items of threads, each with its thread."""
    for item in items(url):
        prefix, _, thread = item["pk"]["S"].partition("#")
        if prefix == "thread" and item["sk"]["S"].startswith(kind):
            yield thread, item


def checkpoints(url: str) -> list[tuple[str, str, str, str | None]]:
    """Thread, namespace, checkpoint and parent of each."""
    return [
        (thread, item["ns"]["S"], item["id"]["S"], item.get("parent", {}).get("S"))
        for thread, item in of_threads(url, "c#")
    ]


def rows(url: str) -> list[tuple[Any, ...]]:
    """Every checkpoint, write and lease."""
    return [
        (thread, item["sk"]["S"], *(str(item.get(name)) for name in ("parent", "data", "run_id", "turn", "attempt")))
        for thread, item in of_threads(url)
    ]


def back_up(url: str) -> None:
    """Keep everything as it is now."""
    KEPT[Address.of(url).table] = items(url)


def lose(url: str) -> None:
    """Delete all threads."""
    server, table = client(url), Address.of(url).table
    for _, item in of_threads(url):
        server.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})


def restore(url: str) -> None:
    """Put back what was kept, and nothing else."""
    lose(url)
    server, table = client(url), Address.of(url).table
    for item in KEPT[table]:
        server.put_item(TableName=table, Item=item)
