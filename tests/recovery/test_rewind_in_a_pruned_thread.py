from orchestrator.checkpoints.open import open_store
from tests.recovery.parking import parked, recover
from tests.support.deltas import State, looped, step
from tests.support.local import application, output, refusal, serving

BREAKS_AT, UNTIL = 70, 80
"""Steps; the thread was pruned last where its two channels have their snapshots in different checkpoints."""


async def test_what_is_left_for_the_sake_of_later_checkpoints_is_refused(checkpoints: str) -> None:
    failing = True

    def breaks(state: State) -> dict[str, object]:
        if failing and state["count"] == BREAKS_AT:
            raise KeyError("not yet")
        return step(state)

    app = application()
    app.graph(looped(State, breaks, UNTIL), name="work", keep="waits")
    async with serving(app, checkpoints) as local:
        handle = await local.graph("work", {"count": 0})
        stage = await parked(handle)
        async with open_store(checkpoints) as store:
            saved = await store.saved(stage["thread_id"])
        left = [one for one in saved if one.incomplete]
        assert left
        for one in left:
            wrong = {"action": "rewind", "checkpoint_id": one.checkpoint_id, "by": "op", "reason": "a test"}
            assert "the rest was pruned" in await refusal(handle, "recover", wrong)
        failing = False
        await recover(handle, "rewind", checkpoint_id=saved[-1].checkpoint_id)
        assert (await output(handle))["seldom"] == list(range(1, UNTIL, 2))
