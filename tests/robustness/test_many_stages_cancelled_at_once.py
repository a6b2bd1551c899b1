import asyncio

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application
from tests.support.robust_gate import Gate
from tests.support.robust_serving import ends_cancelled, on_dev_server, reached

COUNT = 10


async def test_on_one_worker_all_stop_and_it_serves_the_next_one(temporal: DevServer, checkpoints: str) -> None:
    gates = [Gate(str(number)) for number in range(COUNT)]
    names = [f"work{number}" for number in range(COUNT)]
    app = application(**{name: chain(gate.gated) for name, gate in zip(names, gates, strict=True)})

    def quick(_state: Log) -> Log:
        return {"log": ["quick"]}

    app.graph(chain(quick), name="quick")
    async with on_dev_server(temporal, checkpoints, app) as local:
        handles = [await local.graph(name, EMPTY) for name in names]
        await asyncio.gather(*(reached(gate.entered) for gate in gates))
        await asyncio.gather(*(handle.cancel() for handle in handles))
        await asyncio.gather(*(ends_cancelled(handle) for handle in handles))
        assert [(gate.begun, gate.finished) for gate in gates] == [(1, 0)] * COUNT
        next_one = await local.graph("quick", EMPTY)
        assert (await asyncio.wait_for(next_one.result(), 20))["output"] == {"log": ["quick"]}
