"""A random walk over what can happen to a handful of runs and to the workers that serve them."""

import asyncio
import contextlib
import random
import signal
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.service import RPCError

from tests.support.crash_crew import Crew, Handle, expected, outcome
from tests.support.processes import WorkerProcess
from tests.support.resets import before_signal, reset

GRAPHS = ("chain", "parallel", "questions", "nested", "sides")
MOST_WORKERS = 3
PACE_SECONDS = 0.3
LIVELINESS = "PT3S"
QUERY_TIMEOUT = timedelta(seconds=1)
WEIGHTS = {"answer": 6, "pause": 5, "start": 3, "kill": 2, "stop": 2, "continue": 3, "reset": 2, "drain": 1}


@dataclass
class Run:
    """A run, and the answers it was given, in order."""

    graph: str
    handle: Handle
    answers: list[tuple[str, str]] = field(default_factory=list)


class Walk:
    """What has been done so far."""

    def __init__(self, crew: Crew, seed: int) -> None:
        self.crew = crew
        self.random = random.Random(seed)
        self.moves: list[str] = []
        self.runs: dict[str, Run] = {}
        self.workers: list[WorkerProcess] = []
        self.suspended: list[WorkerProcess] = []
        self.ever_suspended: set[int] = set()
        self.processes = contextlib.AsyncExitStack()
        self.answered = 0

    async def run(self, seconds: float) -> None:
        """Moves for so long, and then a healthy worker, every answer, and the invariants."""
        async with self.processes:
            for number, graph in enumerate(GRAPHS):
                self.runs[f"r{number}"] = Run(graph, await self.crew.begin(graph, f"r{number}", LIVELINESS))
            await self._start()
            clock = asyncio.get_running_loop().time
            end = clock() + seconds
            while clock() < end:  # no move is cut short: whether a cancelled signal was sent, nobody would know
                (name,) = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))
                await getattr(self, f"_{name}")()
            self._note("end")
            while self.suspended:
                await self._continue()
            await self.processes.enter_async_context(self.crew.worker())
            await asyncio.gather(*(self._finish(name) for name in self.runs))
        graphs = {name: run.graph for name, run in self.runs.items()}
        self.crew.check(graphs, stopped=frozenset(self.ever_suspended))

    def _note(self, move: str) -> None:
        self.moves.append(move)

    def _pick(self, workers: list[WorkerProcess]) -> WorkerProcess | None:
        """One of the workers; None if there is none. Draws a number in any case, so that a seed means the same."""
        chosen = self.random.random()
        return workers[int(chosen * len(workers))] if workers else None

    # --- moves ---

    async def _pause(self) -> None:
        seconds = round(self.random.uniform(0.1, 1.5), 2)
        self._note(f"pause {seconds}")
        await asyncio.sleep(seconds)

    async def _start(self) -> None:
        if len(self.workers) + len(self.suspended) >= MOST_WORKERS:
            return
        worker = await self.processes.enter_async_context(self.crew.worker(wait=False, PACE=str(PACE_SECONDS)))
        self._note(f"start {worker.process.pid}")
        self.workers.append(worker)

    async def _kill(self) -> None:
        if (worker := self._pick(self.workers)) is not None:
            self._note(f"kill {worker.process.pid}")
            worker.kill()
            self.workers.remove(worker)

    async def _drain(self) -> None:
        if (worker := self._pick(self.workers)) is not None:
            self._note(f"drain {worker.process.pid}")
            worker.terminate()
            self.workers.remove(worker)

    async def _stop(self) -> None:
        if (worker := self._pick(self.workers)) is not None:
            self._note(f"stop {worker.process.pid}")
            worker.process.send_signal(signal.SIGSTOP)
            self.ever_suspended.add(worker.process.pid)
            self.workers.remove(worker)
            self.suspended.append(worker)

    async def _continue(self) -> None:
        if (worker := self._pick(self.suspended)) is not None:
            self._note(f"continue {worker.process.pid}")
            worker.process.send_signal(signal.SIGCONT)
            self.suspended.remove(worker)
            self.workers.append(worker)

    async def _answer(self) -> None:
        name = self.random.choice(list(self.runs))
        if self.workers:
            await self._answer_one(name)

    async def _reset(self) -> None:
        name = self.random.choice(list(self.runs))
        part = self.random.random()
        run = self.runs[name]
        if not run.answers:
            return
        number = int(part * len(run.answers)) + 1
        event = await before_signal(run.handle, number)
        run.handle = await reset(self.crew.client, run.handle, event)
        self._note(f"reset {name} to event {event}, before answer {number}, {run.answers[number - 1]}")
        del run.answers[number - 1 :]

    async def _answer_one(self, name: str) -> None:
        """Answer a question that is open, if somebody tells which."""
        run = self.runs[name]
        try:
            tasks: list[dict[str, Any]] = await run.handle.query("tasks", rpc_timeout=QUERY_TIMEOUT)
        except RPCError:
            return
        given = dict(run.answers)
        for task in tasks:
            question = task["payload"]
            if question not in given:
                self.answered += 1
                value = f"A{self.answered}"
                decision = {"task_id": task["task_id"], "action": "approve", "values": value, "by": "ann"}
                await run.handle.signal("decide", decision)
                run.answers.append((question, value))
                self._note(f"answer {name} {question} {value}")
                return

    # --- the end ---

    async def _finish(self, name: str) -> None:
        """Answer all that a run asks, and check what it came to."""
        run = self.runs[name]
        result = asyncio.create_task(outcome(run.handle))
        while not (await asyncio.wait([result], timeout=0.1))[0]:
            await self._answer_one(name)
        assert result.result() == expected(run.graph, dict(run.answers)), f"{name} ({run.graph}): {run.answers}"
