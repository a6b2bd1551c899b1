"""Deep research on a time-skipping server, over Python's own documentation or a test's."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from activities.research import register
from activities.research_corpus import Corpus
from activities.research_settings import ResearchSettings
from demo.journal import Journal
from demo.research.watched import Watched
from graphs.research_dossier import Report
from orchestrator import Orchestrator
from orchestrator.testing import Served, serving
from orchestrator.testing.served import Handle
from tests.support.local import until
from workflows.research import DeepResearch

QUESTION = "How do generators and coroutines work in Python?"


class Desk:
    """Where questions are handed in."""

    def __init__(self, local: Served, journal: Journal) -> None:
        self.local = local
        self.journal = journal

    async def ask(self, question: str = QUESTION, *, approve_plan: bool = False, **budget: Any) -> Handle:
        """A started `DeepResearch`."""
        request = {"question": question, "approve_plan": approve_plan, "budget": budget}
        return await self.local.start("DeepResearch", request)

    def read(self) -> list[str]:
        """The passages that the library was asked for, in order."""
        asked = [line["asked"] for line in self.journal.read() if line["what"] == "begun"]
        return [one.removeprefix("read ") for one in asked if one.startswith("read ")]

    def searched(self) -> list[str]:
        """The queries, in order."""
        asked = [line["asked"] for line in self.journal.read() if line["what"] == "begun"]
        return [one.removeprefix("search ") for one in asked if one.startswith("search ")]


@asynccontextmanager
async def desk(
    folder: Path,
    topics: Mapping[str, str] | None = None,
    model: BaseChatModel | None = None,
    checkpoints: str = "memory://",
    **settings: Any,
) -> AsyncIterator[Desk]:
    """Serves `DeepResearch`."""
    journal = Journal(folder / "trace.jsonl")
    app = Orchestrator("research-tests")
    register(
        app,
        ResearchSettings(notebook=folder / "notebook.db", **settings),
        library=Watched(Corpus(topics), journal, 0),
        model=model,
    )
    app.workflow(DeepResearch)
    async with serving(app, checkpoints=checkpoints) as local:
        yield Desk(local, journal)


async def report_of(handle: Handle) -> Report:
    """The report, once it is written."""
    return Report.model_validate(await handle.result())


async def asked(handle: Handle) -> dict[str, Any]:
    """The open task, as soon as there is one."""
    await until(handle, lambda status: status["tasks"] == 1 and status["state"] == "waiting")
    [task] = await handle.query("tasks")
    found: dict[str, Any] = task
    return found
