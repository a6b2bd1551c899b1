import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from activities.research_corpus import Corpus
from activities.research_notebook import LibraryNotebook
from demo.processes import Child
from demo.research.site import Site
from graphs.research_dossier import Report, ResearchRequest
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from tests.research.desk import QUESTION

WORKER = ["worker", "--app", "demo.research.app:app"]


def reads(site: Site, what: str) -> Counter[str]:
    """How often the library was asked for a passage, or has answered."""
    asked = (line["asked"] for line in site.trace.read() if line["what"] == what)
    return Counter(one for one in asked if one.startswith("read "))


async def dead(worker: Child) -> None:
    """Return once it has killed itself.

    Raises:
        AssertionError: It lives on for a minute; with its log.
    """
    assert worker._process is not None
    try:
        await asyncio.wait_for(worker._process.wait(), 60)
    except TimeoutError:
        raise AssertionError(worker.log.read_text()) from None


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "moment",
    [
        {"table": "writes", "channel": "hits", "count": 3},
        {"table": "writes", "channel": "passages", "count": 1},
        {"table": "writes", "channel": "passages", "count": 12},
        {"table": "checkpoints", "step": 3},
        {"table": "writes", "channel": "claims"},
        {"table": "writes", "channel": "sentences"},
    ],
    ids=["searching", "the-first-read", "the-second-wave", "between-waves", "weighing", "verifying"],
)
async def test_what_was_noted_when_the_worker_was_killed_is_not_read_again(
    temporal: DevServer, tmp_path: Path, moment: dict[str, Any]
) -> None:
    site, request = Site(tmp_path), ResearchRequest(question=QUESTION, approve_plan=False)
    environment = site.environment(temporal.address) | {
        "RESEARCH_LINE_SECONDS": "0.05",
        "RESEARCH_HEARTBEAT_TIMEOUT": "PT1S",
        "ORCHESTRATOR_TASK_QUEUE": f"research-{tmp_path.name}",
        "KILL_AFTER": json.dumps(moment),
        "KILL_FLAG": str(tmp_path / "killed"),
    }
    client = OrchestratorClient(
        await temporal.client(), task_queue=f"research-{tmp_path.name}", checkpoints=site.checkpoints
    )
    workflow = f"research-{tmp_path.name}"
    await client.start_workflow("DeepResearch", request.model_dump(mode="json"), id=workflow)
    doomed = Child("doomed", ["orchestrator.testing.killing_worker", *WORKER], environment, tmp_path)
    async with doomed:
        await dead(doomed)
        assert (tmp_path / "killed").exists(), doomed.last_words()
        noted = LibraryNotebook(Corpus(), site.notebook).notes()
        before = reads(site, "begun")
        async with Child("successor", ["orchestrator", *WORKER], environment, tmp_path):
            report = Report.model_validate(await client.result(workflow))
    after = reads(site, "begun") - before
    assert not set(after) & set(noted)
    assert set(reads(site, "ended")) == set(reads(site, "begun"))
    assert len(reads(site, "ended")) == report.passages_read > 10
    assert report.spent.calls == len(LibraryNotebook(Corpus(), site.notebook).notes())
