import re
from urllib.parse import parse_qs, urlsplit

from tests.support.crash_crew import Crew, expected, outcome
from tests.support.crash_proxy import proxy, socket_of


def socket(url: str) -> str:
    """Where the server of a URL listens."""
    return socket_of(parse_qs(urlsplit(url).query)["host"][0])


def through(port: int, url: str) -> str:
    """The same database, over TCP."""
    return re.sub(r"@/(\w+)\?.*", rf"@127.0.0.1:{port}/\1", url)


async def test_a_stage_is_retried_and_ends_right_once_postgresql_can_be_reached_again(crew_on_postgres: Crew) -> None:
    """Connections are cut inside the node `one`, and new ones are refused until the stage has been retried."""
    crew = crew_on_postgres
    handle = await crew.begin("chain")
    async with (
        proxy(socket(crew.checkpoints)) as line,
        crew.worker(checkpoints=through(line.port, crew.checkpoints)) as worker,
    ):
        await crew.until("begin", "one")
        line.refuse()
        crew.release()
        await worker.until_logged("StoreUnavailable")
        await crew.until_attempt(handle, 2)
        line.mend()
        assert await outcome(handle) == expected("chain", {})
    crew.check({"run": "chain"})
    assert crew.count("begin")["run", "two"] == crew.count("begin")["run", "three"] == 1


async def test_a_node_that_does_not_notice_the_outage_runs_once(crew_on_postgres: Crew) -> None:
    crew = crew_on_postgres
    handle = await crew.begin("chain")
    async with (
        proxy(socket(crew.checkpoints)) as line,
        crew.worker(checkpoints=through(line.port, crew.checkpoints)),
    ):
        await crew.until("begin", "one")
        line.hold()
        crew.release()
        await crew.until("end", "one")
        line.mend()
        assert await outcome(handle) == expected("chain", {})
    crew.check({"run": "chain"})
    assert set(crew.count("begin").values()) == {1}


async def test_a_write_that_hung_until_its_connection_was_gone_is_made_good(crew_on_postgres: Crew) -> None:
    """Packets are lost first, and then the connection: nobody knows whether the write was committed."""
    crew = crew_on_postgres
    handle = await crew.begin("chain")
    async with (
        proxy(socket(crew.checkpoints)) as line,
        crew.worker(checkpoints=through(line.port, crew.checkpoints)) as worker,
    ):
        await crew.until("begin", "one")
        line.hold()
        crew.release()
        await crew.until("end", "one")
        line.refuse()
        await worker.until_logged("StoreUnavailable")
        line.mend()
        assert await outcome(handle) == expected("chain", {})
    crew.check({"run": "chain"})
