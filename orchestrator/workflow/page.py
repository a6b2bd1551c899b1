"""The current details of a workflow's page in Temporal's Web UI, in Markdown: what it does, waits for and needs."""

import shlex
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from orchestrator.markdown import code, inline
from orchestrator.wire import StageInfo, Status, Task, WaitInfo

SHOWN = 20
"""Of tasks, and of waits; the newest stages are as many again."""
LONGEST_COMMAND = 400
MEANING = {
    "running": "nodes run, or wait for a worker or a retry: *Pending Activities* says which, and why",
    "waiting": "nothing runs until somebody answers, an event comes or time passes",
    "paused": "an operator has paused it; tasks and timers stay open",
    "parked": "**an operator is needed**: a stage has failed for good, and keeps its checkpoint",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The page of one workflow."""

    workflow_id: str
    docs_url: str | None = None
    """Where the documentation is served; without it no action has a link."""

    def of(self, status: Status, tasks: list[Task]) -> str:
        """The page; what is not there has no heading."""
        meaning = MEANING.get(status.state)
        blocks = [
            [f"**{status.state}**{f': {meaning}' if meaning else ''}"],
            self._parked(status.stages),
            self._tasks(tasks),
            _waits([wait for wait in status.waits if wait.kind != "task"]),
            _stages(status.stages),
            [self._action("operations", "resume")] if status.state == "paused" else [],
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def _parked(self, stages: list[StageInfo]) -> list[str]:
        lines: list[str] = []
        for stage in stages:
            if stage.state == "parked":
                lines += [
                    f"Stage **{inline(stage.name)}** is parked: {inline(stage.error or '', 500)}",
                    "",
                    "Mend the cause, then, in a shell:",
                    "",
                    self._action("operations", "recover", *_words(stage=stage.name, action="retry", reason="...")),
                    "",
                ]
        return lines[:-1]

    def _tasks(self, tasks: list[Task]) -> list[str]:
        if not tasks:
            return []
        lines = ["#### Open tasks", ""]
        for task in tasks[:SHOWN]:
            due = f", **due {_at(task.due_at)}**" if task.due_at else ""
            lines.append(f"- **{inline(task.title)}** ({code(task.task_id)}): for {_whom(task)}{due}{_more(task)}  ")
            lines.append(f"  {self._action('tasks', 'decide', *_words(task=task.task_id))}")
        return [*lines, *_rest(len(tasks))]

    def _action(self, page: str, command: str, *words: str) -> str:
        """A line for a shell, and where to read of it; whatever stands in the words, it is one word each."""
        line = " ".join(word if word == "..." else shlex.quote(word) for word in (command, self.workflow_id, *words))
        link = f" ([more]({self.docs_url.rstrip('/')}/{page}/))" if self.docs_url else ""
        return code(f"orchestrator {line}", LONGEST_COMMAND) + link


def _words(**options: str) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def _stages(stages: list[StageInfo]) -> list[str]:
    if not stages:
        return []
    left_out = len(stages) - 2 * SHOWN
    lines = [f"- and {left_out} before them"] if left_out > 0 else []
    return ["#### Stages", "", *lines, *map(_stage, stages[-2 * SHOWN :])]


def _stage(stage: StageInfo) -> str:
    """A line of a list, and not of a table: the Web UI draws tables without any space between the columns."""
    graph = "" if stage.graph == stage.name else f" (graph {inline(stage.graph)})"
    error = f": {inline(stage.error)}" if stage.error and stage.state != "parked" else ""
    since = f" since {_at(stage.since)}" if stage.since else ""
    # Of a turn that runs, only its heartbeats know the steps.
    steps = "" if stage.state == "running" else f", {stage.steps} step{'s' if stage.steps != 1 else ''}"
    return f"- **{inline(stage.name)}**{graph}: {stage.state}{since}, turn {stage.attempt}{steps}{error}"


def _more(task: Task) -> str:
    """What else is known of a task, where there is something."""
    facts = [
        f"{task.state} since it was not answered" if task.state == "escalated" else "",
        f"{len(task.decisions)} of {task.quorum} approvals" if task.quorum > 1 else "",
        f"reminded next {_at(task.next_reminder_at)}" if task.next_reminder_at else "",
        f"escalated {_at(task.next_escalation_at)}" if task.next_escalation_at else "",
    ]
    return "".join(f"; {fact}" for fact in facts if fact)


def _whom(task: Task) -> str:
    if task.claimed_by:
        return f"{inline(task.claimed_by)}, who has claimed it"
    return ", ".join(map(inline, task.assignees)) or "anybody"


def _waits(waits: list[WaitInfo]) -> list[str]:
    if not waits:
        return []
    return ["#### Waits for", "", *islice(map(_wait, waits), SHOWN), *_rest(len(waits))]


def _wait(wait: WaitInfo) -> str:
    until = f" until **{_at(wait.until)}**" if wait.until else ""
    stage = f" (stage {inline(wait.stage)})" if wait.stage else ""
    what = f"event {code(wait.name)}" if wait.kind == "event" else "time to pass"
    return f"- {what}{until}{stage}, since {_at(wait.since)}"


def _rest(count: int) -> list[str]:
    return [f"- and {count - SHOWN} more"] if count > SHOWN else []


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
