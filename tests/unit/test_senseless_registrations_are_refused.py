import pytest

from orchestrator import ConfigurationError, Orchestrator
from tests.support.graphs import chain, says

GRAPH = chain(says("hello"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://localhost/graphs", "known are memory://, sqlite://, postgresql://"),
        ("checkpoints.db", "Unknown checkpointer scheme"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
    ],
)
def test_a_checkpointer_nobody_knows_is_refused_with_those_there_are(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Orchestrator("app").graph(GRAPH, name="hello", checkpointer=url)
    with pytest.raises(ConfigurationError, match=words):
        Orchestrator("app", checkpointer=url)


def test_two_graphs_of_one_name_are_refused() -> None:
    app = Orchestrator("app")
    app.graph(GRAPH, name="hello")
    with pytest.raises(ConfigurationError, match="two graphs named 'hello'"):
        app.graph(GRAPH, name="hello")


def test_a_name_that_the_engine_needs_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"orchestrator\.resolve"):
        Orchestrator("app").graph(GRAPH, name="orchestrator.resolve")


def test_a_graph_without_a_name_of_its_own_is_refused() -> None:
    """LangGraph calls each compiled graph that nobody named `LangGraph`."""
    for nameless in (GRAPH, GRAPH.compile(), lambda: GRAPH):
        with pytest.raises(ConfigurationError, match="needs a name"):
            Orchestrator("app").graph(nameless)


def test_an_application_without_a_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="needs a name"):
        Orchestrator("")


def test_a_class_that_is_no_workflow_and_a_function_that_is_no_activity_are_refused() -> None:
    app = Orchestrator("app")
    with pytest.raises(ConfigurationError, match=r"@temporalio\.workflow\.defn"):
        app.workflow(object)
    with pytest.raises(ConfigurationError, match=r"@temporalio\.activity\.defn"):
        app.activity(print)


def test_asking_for_a_graph_there_is_not_lists_those_there_are() -> None:
    app = Orchestrator("app")
    app.graph(GRAPH, name="review")
    with pytest.raises(KeyError, match=r"No graph named 'revue'; this worker has: review\."):
        app.definition("revue")
