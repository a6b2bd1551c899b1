import pytest

from tests.support.graphs import EMPTY
from tests.support.local import application, decide, open_tasks, serving
from tests.support.review import GRAPHS, Reviewing

ANSWER = ["approve", "Review", 5, "ann", "fine"]


@pytest.mark.parametrize("node", ["sync", "async"])
async def test_in_a_node_gives_an_answer_whose_values_are_of_the_forms_type(node: str) -> None:
    async with serving(application(**GRAPHS)) as local:
        handle = await local.graph(node, EMPTY)
        await open_tasks(handle)
        await decide(handle, values={"amount": 5, "reason": "house"}, comment="fine")
        assert (await handle.result())["output"] == {"log": ANSWER}


async def test_in_a_workflow_gives_the_same() -> None:
    app = application()
    app.workflow(Reviewing)
    async with serving(app) as local:
        handle = await local.start("Reviewing")
        await open_tasks(handle)
        await decide(handle, values={"amount": 5, "reason": "house"}, comment="fine")
        assert await handle.result() == ANSWER


async def test_shows_the_question_as_a_task_with_its_form() -> None:
    async with serving(application(**GRAPHS)) as local:
        handle = await local.graph("sync", EMPTY)
        (task,) = await open_tasks(handle)
        assert (task["title"], task["assignees"], task["stage"]) == ("Approve?", ["group:reviewers"], "sync")
        assert task["form"]["properties"]["reason"]["enum"] == ["income", "house"]
        assert task["workflow_id"] == handle.id
        await decide(handle, "reject")
        assert (await handle.result())["output"] == {"log": ["reject", "NoneType", None, "ann", None]}
