from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field
from temporalio.client import Client

from orchestrator.waits import ask
from tests.serve.office import link, office, said
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import open_tasks, output


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Terms(BaseModel):
    amount: int = Field(gt=0, description="In whole euros.")
    rate: float
    house: bool
    grade: Literal["A", "B"]
    colour: Colour
    note: str | None = None
    tags: list[str] = Field(default_factory=list)


def asking(_state: Log) -> Log:
    answer = ask("Terms?", form=Terms)
    return {"log": [answer.action, answer.values.model_dump(mode="json") if answer.values else None]}


GRAPHS = {"terms": chain(asking)}
GOOD = {
    "value.amount": "12",
    "value.rate": "3.5",
    "value.house": "false",
    "value.grade": '"B"',
    "value.colour": '"red"',
    "value.note": "",
    "value.tags": '["a", "b"]',
}
TAKEN = {"amount": 12, "rate": 3.5, "house": False, "grade": "B", "colour": "red", "note": None, "tags": ["a", "b"]}


async def test_asks_for_each_value(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("terms", EMPTY)
        [task] = await open_tasks(handle)
        page = await at.http.get(link(handle.id, task["task_id"]))
        assert page.status_code == 200
        for shown in ("In whole euros.", '<option value="false">No</option>', '<option value="&#34;blue&#34;">blue'):
            assert shown in page.text
        assert "Note (optional)" in said(page)


async def test_takes_what_fits(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("terms", EMPTY)
        [task] = await open_tasks(handle)
        assert (await at.http.post(link(handle.id, task["task_id"]), data=GOOD)).status_code == 200
        assert await output(handle) == {"log": ["approve", TAKEN]}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"value.amount": ""}, "is needed"),
        ({"value.amount": "twelve"}, "must be a whole number"),
        ({"value.amount": "-1"}, "must be more than 0"),
        ({"value.amount": "1.5"}, "must be a whole number"),
        ({"value.rate": "NaN"}, "must be a number"),
        ({"value.rate": "1e999"}, "must be a number"),
        ({"value.house": "perhaps"}, "must be"),
        ({"value.grade": '"C"'}, "is not one of"),
        ({"value.colour": ""}, "is needed"),
        ({"value.tags": "[a"}, "is no JSON"),
        ({"value.tags": "[1]"}, "must be"),
    ],
)
async def test_is_shown_again_with_what_does_not_fit(
    client: Client, tmp_path: Path, changed: dict[str, str], reason: str
) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("terms", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"])
        page = await at.http.post(path, data={**GOOD, "value.note": "keep <me>", "comment": "and me", **changed})
        assert page.status_code == 422
        assert reason in page.text.replace("&#39;", "'")
        assert page.text.count('aria-invalid="true"') == 1
        assert 'value="keep &lt;me&gt;"' in page.text
        assert "and me" in page.text
        assert len(await open_tasks(handle)) == 1
        assert (await at.http.post(path, data=GOOD)).status_code == 200  # the link was not used up


async def test_asks_nothing_of_whoever_rejects(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, **GRAPHS) as at:
        handle = await at.graph("terms", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"], action="reject")
        assert "amount" not in (await at.http.get(path)).text
        assert (await at.http.post(path)).status_code == 200
        assert await output(handle) == {"log": ["reject", None]}


async def test_of_a_free_answer_takes_text(client: Client, tmp_path: Path) -> None:
    def free(_state: Log) -> Log:
        return {"log": [ask("Why?").values]}

    async with office(client, tmp_path, free=chain(free)) as at:
        handle = await at.graph("free", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"], action="respond")
        assert (await at.http.post(path, data={"value.": " "})).status_code == 422
        assert (await at.http.post(path, data={"value.": "Därum\r\n42"})).status_code == 200
        assert await output(handle) == {"log": ["Därum\n42"]}


async def test_takes_an_answer_that_is_too_large_for_the_history(client: Client, tmp_path: Path) -> None:
    def free(_state: Log) -> Log:
        return {"log": [len(ask("Why?").values or "")]}

    async with office(client, tmp_path, free=chain(free)) as at:
        handle = await at.graph("free", EMPTY)
        [task] = await open_tasks(handle)
        path = link(handle.id, task["task_id"], action="respond")
        assert (await at.http.post(path, data={"value.": "x" * 300_000})).status_code == 200
        assert await output(handle) == {"log": [300_000]}


BODIES: list[tuple[dict[str, Any], int]] = [
    ({"content": b"x" * (1024 * 1024 + 1), "headers": {"content-type": "application/x-www-form-urlencoded"}}, 413),
    ({"content": b"{}", "headers": {"content-type": "application/json"}}, 415),
    ({"content": b"comment=%ff", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
    ({"content": b"a=1&" * 600, "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
    ({"data": {"comment": "x" * 2001}}, 422),
]


@pytest.mark.parametrize(("body", "status"), BODIES)
async def test_refuses_what_no_browser_sends(client: Client, tmp_path: Path, body: dict[str, Any], status: int) -> None:
    async with office(client, tmp_path, free=chain(asking)) as at:
        handle = await at.graph("free", EMPTY)
        [task] = await open_tasks(handle)
        page = await at.http.post(link(handle.id, task["task_id"], action="reject"), **body)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert len(await open_tasks(handle)) == 1
