"""Whether the histories of running workflows fit the workflow code at hand."""

import re
from collections.abc import AsyncIterator

from orchestrator.app import Orchestrator
from orchestrator.reader import Reader
from orchestrator.testing.histories import replayer
from orchestrator.versions.compat import Standing
from orchestrator.versions.registered import of_known_types

LONGEST = 500
"""Characters of a reason."""


async def stuck(app: Orchestrator, client: Reader, task_queue: str) -> AsyncIterator[Standing]:
    """The workflows that run on the task queue now and would not get on, because their code was changed under them. One
    whose code is gone is `unregistered`."""
    workflows = client.temporal.list_workflows(of_known_types(app, task_queue))
    async with replayer(app, client.temporal.namespace).workflow_replay_iterator(workflows.map_histories()) as results:
        async for result in results:
            if result.replay_failure is not None:
                yield Standing(
                    workflow_id=result.history.workflow_id,
                    stage="",
                    graph="",
                    fingerprint=None,
                    verdict="stuck",
                    detail=_gist(str(result.replay_failure)),
                )


def _gist(message: str) -> str:
    """In one line, the rule that was broken and the event at which, or what the workflow's code raised, out of a nested
    error of the SDK's core."""
    told = re.search(r'message: "(\[TMPRL\d+\](?:[^"\\]|\\.)*)"', message) or re.search(
        r'message: "((?:[^"\\]|\\.)+)"', message
    )
    plain = told[1].replace('\\"', '"').replace("\\n", "\n") if told else message
    return plain.strip().partition("\n")[0][:LONGEST]
