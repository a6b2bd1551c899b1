from pathlib import Path

from temporalio.client import Client

from orchestrator.waits import ask
from tests.serve.office import door, link, office, said, settings
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import open_tasks, output


def two_must_agree(_state: Log) -> Log:
    return {"log": [ask("Both?", quorum=2, assignees=["ann", "bo"], identity="named").action]}


GRAPHS = {"both": chain(two_must_agree)}


async def test_waits_for_the_others(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("both", EMPTY)
        [task] = await open_tasks(handle)
        ann, bo = (link(handle.id, task["task_id"], subject=name) for name in ("ann", "bo"))
        first = await at.http.post(ann)
        assert (first.status_code, "It takes 1 more" in said(first)) == (200, True)
        assert (await at.http.post(ann)).status_code == 409
        assert (await at.http.get(ann)).status_code == 409
        assert (await at.http.post(bo)).status_code == 200
        assert await output(handle) == {"log": ["approve"]}


async def test_proves_the_groups_it_was_made_with(client: Client, tmp_path: Path) -> None:
    def asks(_state: Log) -> Log:
        return {"log": [ask("Pay?", assignees=["group:payers"], identity="named").by]}

    async with office(client, tmp_path, pay=chain(asks)) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        assert (await at.http.post(link(handle.id, task["task_id"], groups=["others"]))).status_code == 409
        assert (await at.http.post(link(handle.id, task["task_id"], groups=["payers"]))).status_code == 200
        assert await output(handle) == {"log": ["ann"]}


async def test_is_refused_to_whom_the_task_is_not_for(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("both", EMPTY)
        [task] = await open_tasks(handle)
        page = await at.http.post(link(handle.id, task["task_id"], subject="mallory"))
        assert (page.status_code, "mallory is not among those who are asked" in page.text) == (409, True)


async def test_is_refused_where_the_worker_has_another_secret(client: Client, tmp_path: Path) -> None:
    other = "another secret, with as many bytes as it takes"
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("both", EMPTY)
        [task] = await open_tasks(handle)
        async with door(client, settings(link_secret=other)) as elsewhere:
            page = await elsewhere.http.post(link(handle.id, task["task_id"], secret=other))
        assert (page.status_code, "The link is not valid" in page.text) == (409, True)
