import pytest

from orchestrator.errors import ConfigurationError
from orchestrator.settings import load
from orchestrator.urls import without_password


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:hunter2@db.x.org:5432/loans", "postgresql://db.x.org:5432/loans"),
        ("postgresql://ann:hun@ter2@db/loans", "postgresql://db/loans"),
        ("postgresql:///loans?host=/run/pg&password=hunter2", "postgresql:///loans?host=/run/pg"),
        ("postgresql://db/loans?sslmode=verify-full&sslpassword=hunter2", "postgresql://db/loans?sslmode=verify-full"),
        ("postgresql://ann:hunter2@[db/loans", "postgresql://[db/loans"),
        ("sqlite:////var/lib/checkpoints.db", "sqlite:////var/lib/checkpoints.db"),
        ("postgresql://ann:hun/te?r2@db/loans", "postgresql://db/loans"),
        ("sqlite:////home/ann@x.org/checkpoints.db", "sqlite:////home/ann@x.org/checkpoints.db"),
        ("sqlite:///checkpoints.db", "sqlite:///checkpoints.db"),
        ("memory://", "memory://"),
    ],
)
def test_of_any_kind(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_nor_does_the_refusal_of_one_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_CHECKPOINTS", "mysql://ann:hunter2@db/loans")
    with pytest.raises(ConfigurationError, match="known are memory") as refusal:
        load()
    assert "hunter2" not in str(refusal.value)
