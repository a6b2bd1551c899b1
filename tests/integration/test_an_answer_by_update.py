from tests.support.graphs import EMPTY
from tests.support.local import application, open_tasks, serving, submit
from tests.support.review import GRAPHS


async def test_has_a_receipt_that_names_the_task() -> None:
    async with serving(application(**GRAPHS)) as local:
        handle = await local.graph("async", EMPTY)
        (task,) = await open_tasks(handle)
        receipt = await submit(handle, values={"amount": 1, "reason": "income"})
        assert receipt == {"task_id": task["task_id"], "event_id": None, "status": "accepted", "remaining": 0}
        assert (await handle.result())["output"]["log"][0] == "approve"
