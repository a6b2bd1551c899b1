"""Noticing when a subgraph goes on without something that was to run in it.

What a node calls cannot be known before it runs, so such a subgraph cannot be compared beforehand. But its checkpoint
is read when it is gone on with, and LangGraph leaves out what the graph does not have: so the next checkpoint, or the
end of the node, comes without it. Then nothing more is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler, BaseCallbackManager
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, CheckpointMetadata, CheckpointTuple

from orchestrator.activity.changed import BRANCH, JOIN, led_to, runs_on
from orchestrator.activity.fingerprints import FINGERPRINT
from orchestrator.activity.open_step import CONTROL
from orchestrator.calls import StageCall
from orchestrator.checkpoints.saved import plain
from orchestrator.errors import GraphChanged
from orchestrator.questions import TAKEN, taken_by_a_stranger


@dataclass
class Unfinished:
    """A subgraph as this attempt found it, until it has got on."""

    checkpoint_id: str
    runs_on: bool
    """Whether anything has to run in it and nothing has; once something did, its next checkpoint tells the rest."""
    led: set[str] = field(default_factory=set)
    """Channels of what runs next, which its next checkpoint must have."""
    due: dict[str, Any] = field(default_factory=dict)
    """Channels of the nodes that run now, each with its version: the next checkpoint has it seen, or still there."""

    @classmethod
    def of(cls, saved: CheckpointTuple) -> "Unfinished":
        """Read from a checkpoint."""
        values, versions = saved.checkpoint["channel_values"], saved.checkpoint["channel_versions"]
        written = {channel for _, channel, _ in saved.pending_writes or [] if channel.startswith((BRANCH, JOIN))}
        joins = {name for name, value in values.items() if name.startswith(JOIN) and any(led_to(name, value))}
        return cls(
            checkpoint_id=saved.checkpoint["id"],
            runs_on=runs_on(values),
            led=written | joins,
            due={name: versions.get(name) for name in values if name.startswith(BRANCH)},
        )

    def dropped(self, checkpoint: Checkpoint) -> list[str]:
        """The nodes that the next checkpoint is without."""
        values, seen = checkpoint["channel_values"], checkpoint["versions_seen"]
        lost = {channel.rpartition(":")[2] for channel in self.led if channel not in values}
        for channel, version in self.due.items():
            node = channel.removeprefix(BRANCH)
            if channel not in values and seen.get(node, {}).get(channel) != version:
                lost.add(node)
        return sorted(lost)


class Watch(BaseCallbackHandler):
    """Looks at what goes through a stage's saver in one attempt, and at which nodes begin. Reads and writes nothing
    itself."""

    run_inline = True
    ignore_llm = ignore_chat_model = ignore_retriever = ignore_agent = ignore_retry = ignore_custom_event = True

    def __init__(self, call: StageCall, fingerprint: str) -> None:
        self.graph = call.graph
        self.fingerprint = fingerprint
        self.changed = False
        self.asked_in = {task.checkpoint_ns for task in call.rewind.waiting} if call.rewind is not None else set[str]()
        """The namespaces that held a question when the stage waited last."""
        self.off = call.durability == "exit"  # several steps come in one checkpoint
        self.unfinished: dict[str, Unfinished] = {}
        """By namespace."""
        self.failed: GraphChanged | None = None

    def begins(self, found: str, callbacks: BaseCallbackManager) -> None:
        """The attempt has looked at its thread. Only what is gone on with has subgraphs that were begun."""
        if found == "resuming":
            callbacks.add_handler(self, inherit=True)
        TAKEN.set({})

    def on_read(self, saved: CheckpointTuple | None) -> None:
        """A graph goes on from a checkpoint."""
        if saved is None or self.off:
            return
        namespace = _namespace(saved.config)
        if namespace:
            self.unfinished[namespace] = Unfinished.of(saved)
            self.asked_in.discard(namespace)
        else:  # the root is compared beforehand
            self.changed = saved.metadata.get(FINGERPRINT) != self.fingerprint

    def on_checkpoint(self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> None:
        """A graph's step is done.

        Raises:
            GraphChanged: Without something that was to run in it or after it. *Not retryable.*
        """
        namespace = _namespace(config)
        before = self.unfinished.pop(namespace, None)
        follows = before is not None and config["configurable"].get("checkpoint_id") == before.checkpoint_id
        if before is not None and follows and metadata.get("source") == "loop":
            self._dropped(namespace, before.dropped(checkpoint))
        if self.failed is not None:
            raise self.failed

    def on_chain_start(
        self,
        serialized: Any,  # noqa: ARG002 - LangChain's
        inputs: Any,  # noqa: ARG002
        *,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> None:
        """A node begins. It may leave its subgraph for the parent without having written anything."""
        own = self.unfinished.get(str((metadata or {}).get("langgraph_checkpoint_ns", "")).rpartition("|")[0])
        if own is not None:
            own.runs_on = False

    def on_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str) -> None:
        """A task is done, or asks, or failed.

        Raises:
            GraphChanged: It is done, and a subgraph in it did not run what it had left to run, or it took an answer
                that was not for it. *Not retryable.*
        """
        own = self.unfinished.get(_namespace(config))
        if own is not None:
            own.runs_on = False
        question = taken_by_a_stranger(writes, task_id)
        if question is not None:
            self._refuse([f"an interrupt(…) has taken the answer to {question}"])
        if any(channel not in CONTROL for channel, _ in writes):
            self._ends(task_id)
        if self.failed is not None:
            raise self.failed

    def _ends(self, task_id: str) -> None:
        for namespace, within in list(self.unfinished.items()):
            if _is_in(namespace, task_id):
                del self.unfinished[namespace]
                if within.runs_on:
                    self._dropped(namespace, sorted(channel.removeprefix(BRANCH) for channel in within.due))
        # In the same graph a node may have its reasons not to call it again.
        for namespace in sorted(self.asked_in) if self.changed else ():
            if _is_in(namespace, task_id):
                self._refuse([f"what asked in node {plain(namespace).replace('|', '/')!r} is gone"])

    def _dropped(self, namespace: str, nodes: Sequence[str]) -> None:
        path = plain(namespace).replace("|", "/")
        self._refuse([f"node {f'{path}/{node}'!r}, which runs next, is gone" for node in nodes])

    def _refuse(self, what: Sequence[str]) -> None:
        if what and self.failed is None:
            self.failed = GraphChanged(
                f"Graph {self.graph!r} was changed under this stage: {'; '.join(what)}. Deploy a version that fits and "
                "retry, or amend, rewind or abort."
            )


def _is_in(namespace: str, task_id: str) -> bool:
    """Whether a graph runs within a task."""
    return task_id in {part.partition(":")[2] for part in namespace.split("|")}


def _namespace(config: RunnableConfig) -> str:
    return str(config["configurable"].get("checkpoint_ns", ""))
