from langgraph.config import get_stream_writer

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain


async def writes(_state: Log) -> Log:
    get_stream_writer()({"progress": 1})
    return {"log": ["wrote"]}


async def test_may_be_written_to_and_nobody_reads_it() -> None:
    assert await agreed(chain(writes), EMPTY) == {"log": ["wrote"]}
