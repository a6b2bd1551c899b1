from typing import Any

import pytest

from orchestrator import ConfigurationError, Orchestrator
from tests.support.graphs import EMPTY, chain, says
from tests.support.local import output, serving

BUILDER = chain(says("hello"))


async def asynchronous() -> Any:
    return BUILDER


def with_config(config: dict[str, Any]) -> Any:
    assert config == {}
    return BUILDER.compile()


SOURCES = {
    "a builder": BUILDER,
    "a compiled graph": BUILDER.compile(),
    "a factory": lambda: BUILDER,
    "a factory of a compiled graph that takes a config": with_config,
    "an async factory": asynchronous,
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
async def test_may_be(source: Any) -> None:
    async with serving(hello=source) as local:
        assert await output(await local.graph("hello", EMPTY)) == {"log": ["hello"]}


async def test_may_be_a_decorated_factory_under_its_own_name() -> None:
    app = Orchestrator("tests")

    @app.graph()  # type: ignore[untyped-decorator]
    def greeting() -> Any:
        return BUILDER

    async with serving(app) as local:
        assert await output(await local.graph("greeting", EMPTY)) == {"log": ["hello"]}


@pytest.mark.parametrize(
    ("source", "words"),
    [(5, "is a int; expected a StateGraph"), (lambda: "words", "is a str"), (lambda: 1 / 0, "its factory raised")],
)
async def test_cannot_be_anything_else_and_the_worker_says_so_when_it_starts(source: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        async with serving(hello=source):
            pass
