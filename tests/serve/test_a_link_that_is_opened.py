from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from orchestrator.waits import ask
from tests.serve.office import link, office, said
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import open_tasks, output


def approving(_state: Log) -> Log:
    answer = ask(
        "Pay <b>Bo</b>?",
        description="A & B\nsecond line",
        payload={"amount": 12, "to": "Bo <script>alert(1)</script>"},
        assignees=["ann"],
        due=timedelta(days=2),
    )
    return {"log": [answer.action, answer.by, answer.comment]}


GRAPHS = {"pay": chain(approving)}


def assert_private(page: httpx.Response) -> None:
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "http" not in page.text.replace("<!doctype html>", "")
    assert "<script" not in page.text


async def test_shows_what_is_to_be_decided(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        page = await at.http.get(link(handle.id, task["task_id"]))
        assert page.status_code == 200
        assert_private(page)
        text = said(page)
        for shown in ("Pay &lt;b&gt;Bo&lt;/b&gt;?", "A &amp; B", "amount 12", "UTC", "Approve", "You answer as ann"):
            assert shown in text


async def test_decides_nothing(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"])
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "GET"):
            await at.http.request(method, path)
        [untouched] = await open_tasks(handle)
        assert untouched == task


async def test_decides_once_when_its_button_is_pressed(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"])
        pressed = await at.http.post(path, data={"comment": "fine\r\nby me"})
        assert (pressed.status_code, said(pressed)) == (200, "Thank you Thank you Your answer was taken.")
        assert_private(pressed)
        assert await output(handle) == {"log": ["approve", "ann", "fine\nby me"]}
        again = await at.http.post(path)
        assert (again.status_code, "used already" in again.text) == (409, True)
        assert_private(again)
        assert (await at.http.get(path)).status_code == 409


async def test_counts_once_while_its_workflow_goes_on(client: Client, tmp_path: Path) -> None:
    def twice(state: Log) -> Log:
        return {"log": [ask("First?").by, ask("Second?").by]}

    async with office(client, tmp_path, twice=chain(twice)) as at:
        handle = await at.graph("twice", EMPTY)
        [first] = await open_tasks(handle)
        path = link(handle.id, first["task_id"])
        assert (await at.http.post(path)).status_code == 200
        [second] = await open_tasks(handle)
        assert second["task_id"] != first["task_id"]
        assert (await at.http.post(path)).status_code == 409
        assert len(await open_tasks(handle)) == 1


async def test_takes_only_its_own_action(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        rejecting = link(handle.id, task["task_id"], action="reject")
        page = await at.http.get(rejecting)
        assert ("Reject" in said(page), "Approve" in said(page)) == (True, False)
        assert (await at.http.post(rejecting, data={"action": "approve"})).status_code == 200
        assert (await output(handle))["log"][0] == "reject"


async def test_that_has_expired_says_so(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"], expires_at=datetime.now(UTC) - timedelta(seconds=1))
        for page in (await at.http.get(path), await at.http.post(path)):
            assert (page.status_code, "has expired" in page.text) == (410, True)
            assert_private(page)
        assert len(await open_tasks(handle)) == 1


async def test_to_what_somebody_else_has_settled_comes_late(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        mine, theirs = (link(handle.id, task["task_id"], subject=name) for name in ("ann", "bo"))
        assert (await at.http.post(theirs)).status_code == 200
        await output(handle)
        late = await at.http.post(mine)
        assert (late.status_code, "settled already" in late.text) == (410, True)


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "a/b", "%00", "é", "e30.e30.e30", "x" * 5000])
async def test_that_is_none_is_not_found(client: Client, tmp_path: Path, token: str) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        page = await at.http.get(f"/links/{token}")
        assert page.status_code == 404
        assert_private(page)


async def test_signed_by_somebody_else_is_not_found(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("pay", EMPTY)
        [task] = await open_tasks(handle)
        forged = link(handle.id, task["task_id"], secret="another secret, with as many bytes as it takes")
        assert (await at.http.post(forged)).status_code == 404
        assert len(await open_tasks(handle)) == 1
