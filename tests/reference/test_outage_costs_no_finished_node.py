import httpx
import pytest

from demo.dataset import records
from graphs import assess_credit
from graphs.bureau import BureauClient
from tests.reference.bureau import BureauProcess
from tests.reference.cases import Plain


async def test_after_an_outage_only_the_orders_that_failed_are_repeated(
    bureau: BureauClient, bureau_process: BureauProcess
) -> None:
    run = Plain(assess_credit.build(bureau), interrupt_after=["open_inquiry"])
    await run.start(application=records()[103].application())

    async with httpx.AsyncClient(base_url=bureau_process.url, trust_env=False) as admin:
        await admin.post("/admin/outage", json={"seconds": 60})
        with pytest.raises(httpx.HTTPStatusError) as caught:
            await run.go_on()
        assert caught.value.response.status_code == 503
        assert bureau_process.refused(103)
        await admin.post("/admin/outage", json={"seconds": 0})

    assert (await run.go_on())["on_file"]
    assert bureau_process.done(103) == {"inquiry": 1, "tradelines": 1, "public-records": 1}
