from pydoc_data.topics import topics

import pytest

from activities.research_corpus import Corpus, passages_of


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("generator function yield", {"yield", "types"}),
        ("coroutine await", {"await", "async", "types"}),
        ("with statement context manager", {"with", "context-managers"}),
        ("integer division by zero", {"binary"}),
        ("the global statement", {"global"}),
        ("raise an exception from another", {"raise"}),
    ],
)
async def test_the_best_hit_is_in_the_topic_that_is_about_it(corpus: Corpus, query: str, expected: set[str]) -> None:
    best = (await corpus.search(query, limit=3))[0]
    assert best.passage_id.partition("#")[0] in expected, best


async def test_a_hit_knows_the_size_of_its_passage_before_it_is_read(corpus: Corpus) -> None:
    for hit in await corpus.search("generator", limit=10):
        passage = await corpus.read(hit.passage_id)
        assert hit.size_chars == len(passage.text)
        assert passage.text.startswith(hit.snippet)


@pytest.mark.parametrize("query", ["", "?!", '"', "AND OR NOT", "a* NEAR(b", "zzzzqqqq"])
async def test_a_query_may_be_any_text(corpus: Corpus, query: str) -> None:
    assert isinstance(await corpus.search(query, limit=3), list)


async def test_general_is_not_taken_for_generators(corpus: Corpus) -> None:
    hits = await corpus.search("generators", limit=20)
    for hit in hits:
        passage = await corpus.read(hit.passage_id)
        assert "generator" in f"{passage.text} {passage.title} {hit.passage_id}".lower()


async def test_a_passage_that_nobody_has_is_named(corpus: Corpus) -> None:
    with pytest.raises(KeyError, match="yield#9999"):
        await corpus.read("yield#9999")


def test_of_a_paragraph_that_stands_in_several_topics_only_one_is_a_passage(corpus: Corpus) -> None:
    texts = [passage.text for passage in corpus.passages.values()]
    assert len(texts) == len(set(texts)) < sum(len(passages_of(topic, text)) for topic, text in topics.items())


def test_a_passage_is_named_after_its_topic_and_the_number_of_its_paragraph() -> None:
    text = "Tea\n***\n\nTea is a drink made of leaves and hot water, mostly.\n\n   pour(tea)\n\nGreen tea, too."
    found = {one.passage_id: (one.title, one.text) for one in passages_of("tea", text)}
    assert found == {"tea#2": ("Tea", "Tea is a drink made of leaves and hot water, mostly.")}
