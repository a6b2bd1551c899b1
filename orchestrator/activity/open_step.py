"""The super-step that a thread is in the middle of, read from the writes that its tasks have left.

LangGraph's own `aget_state` does not list the task of a node's `error_handler`, nor what it asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from langgraph.types import Interrupt, PregelTask

CONTROL = frozenset({"__interrupt__", "__resume__", "__error__", "__error_source_node__"})
"""Writes that say what happened to a task. Any other write is output: the task finished."""
NO_TASK = "00000000-0000-0000-0000-000000000000"
"""Writes under this id are input to the step."""


@dataclass
class OpenStep:
    """What the tasks of the step have come to."""

    begun: set[str] = field(default_factory=set)
    """Tasks that have left a trace of any kind."""
    finished: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    """Of these, the calls of `@task` functions: they return to the task that called them."""
    handled: set[str] = field(default_factory=set)
    """Tasks that failed and left it to their error handler, which is a task of its own."""
    asked: dict[str, list[Interrupt[Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, writes: Iterable[tuple[str, str, Any]]) -> "OpenStep":
        """Read from `CheckpointTuple.pending_writes`."""
        step = cls()
        for task_id, channel, value in writes:
            if task_id == NO_TASK:
                continue
            step.begun.add(task_id)
            if channel == "__interrupt__":
                if value:  # else the state was amended since it asked
                    step.asked[task_id] = list(value)
            elif channel == "__error_source_node__":
                step.handled.add(task_id)
            elif channel not in CONTROL:
                step.finished.add(task_id)
                if channel == "__return__":
                    step.called.add(task_id)
        return step

    def pending(self) -> list[Interrupt[Any]]:
        """The questions of tasks that have not finished, each once."""
        questions = (question for task, asked in self.asked.items() if task not in self.finished for question in asked)
        return list({question.id: question for question in questions}.values())

    def all_wait(self, tasks: Iterable[PregelTask]) -> bool:
        """Whether every task of the step has finished or asked: then nothing would run but what asks again.

        Args:
            tasks: Those that LangGraph lists; error handlers are not among them.
        """
        listed = {task.id for task in tasks}
        to_run = listed - self.finished - self.handled
        handlers = [task for task in self.asked if task not in listed and task not in self.finished]
        return bool(self.pending()) and to_run <= self.asked.keys() and len(handlers) >= len(self.handled & listed)
