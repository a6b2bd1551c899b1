from collections import Counter

from demo.dataset import sample
from graphs.documents import enclosed, missing
from tests.reference.test_rules_agree_with_the_lenders import recommended


def test_the_demonstration_meets_every_kind_of_application() -> None:
    rows = sample(36, seed=1990)
    assert set(Counter(recommended(row) for row in rows)) == {"approve", "refer", "deny"}
    assert {row.denied for row in rows} == {True, False}
    assert any(missing(row.application(), enclosed(row.application())) for row in rows)


def test_a_seed_always_gives_the_same_applications() -> None:
    assert sample(36, seed=7) == sample(36, seed=7)
    assert sample(36, seed=7) != sample(36, seed=8)
