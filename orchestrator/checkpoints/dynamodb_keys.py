"""Where things are in a DynamoDB table.

A thread is one partition, and the kinds of its items are told apart by how their sort keys begin:

    lease                               run, turn and attempt of the one writer; `last`: what it wrote last
    c#NAMESPACE#CHECKPOINT              a checkpoint, with the channels that are small scalars
    b#NAMESPACE#CHANNEL#VERSION         any other value of a channel, once for each version
    w#NAMESPACE#CHECKPOINT#TASK         all that a task put out, in one item: so it is all there, or nothing
    q#NAMESPACE#CHECKPOINT#TASK#KIND    its question, its answers or its error: found without reading what tasks put out
    p#ID#NUMBER                         part of a value that is too large for its item
"""

from orchestrator.checkpoints.dynamodb_client import Item

LEASE = "lease"
CHECKPOINT, BLOB, WRITES, CONTROL, PART = "c#", "b#", "w#", "q#", "p#"


def partition(thread_id: str) -> str:
    """Of a thread."""
    return f"thread#{thread_id}"


def checkpoint_key(namespace: str, checkpoint_id: str = "") -> str:
    """Of a checkpoint; without an id: how those of a namespace begin."""
    return _sort_key(CHECKPOINT, namespace, checkpoint_id)


def blob_key(namespace: str, channel: str, version: str) -> str:
    """Of a channel's value."""
    return _sort_key(BLOB, namespace, channel, version)


def writes_key(place: tuple[str, str, str]) -> str:
    """Of what a task put out."""
    return _sort_key(WRITES, *place)


def control_key(place: tuple[str, str, str], kind: int) -> str:
    """Of a task's question, answers or error."""
    return _sort_key(CONTROL, *place, str(-kind))


def of_checkpoint(prefix: str, namespace: str, checkpoint_id: str) -> str:
    """How the keys of what the tasks after a checkpoint did begin."""
    return _sort_key(prefix, namespace, checkpoint_id, "")


def _sort_key(prefix: str, *parts: str) -> str:
    return prefix + "#".join(map(escape, parts))


def escape(part: str) -> str:
    """A part of a sort key: `#` stands between two of them."""
    return part.replace("%", "%25").replace("#", "%23")


def unescape(part: str) -> str:
    """The opposite."""
    return part.replace("%23", "#").replace("%25", "%")


def text(item: Item, name: str) -> str:
    """An attribute; empty, if there is none."""
    found: str = item.get(name, {}).get("S", "")
    return found


def sort_key(item: Item) -> str:
    """Of an item as it was read."""
    return text(item, "sk")
