"""Whether the histories of running workflows fit the workflow code at hand."""

import re
from collections.abc import AsyncIterator

from orchestrator.app import Orchestrator
from orchestrator.reader import Reader
from orchestrator.testing.histories import replayer
from orchestrator.versions.compat import Standing, running_on


async def stuck(app: Orchestrator, client: Reader, task_queue: str) -> AsyncIterator[Standing]:
    """The workflows that run on the task queue now and would not get on, because their code was changed under them."""
    workflows = client.temporal.list_workflows(running_on(task_queue))
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
    """The rule that was broken and the event at which, out of a nested error of the SDK's core."""
    quoted = re.search(r'message: "(\[TMPRL\d+\][^"]*)"', message)
    return quoted[1] if quoted else message.partition("\n")[0]
