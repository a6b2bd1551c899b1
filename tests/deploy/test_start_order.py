from collections.abc import Iterator

from tests.deploy.files import services

ENDED = "service_completed_successfully"
HEALTHY = "service_healthy"


def before(name: str) -> Iterator[tuple[str, str]]:
    """What must hold before a service starts, nearest first."""
    for other, waits in services()[name].get("depends_on", {}).items():
        yield other, waits["condition"]
        yield from before(other)


def test_a_worker_starts_once_everything_that_it_needs_is_there() -> None:
    assert list(before("worker")) == [
        ("setup", ENDED),
        ("temporal-namespace", ENDED),
        ("temporal", HEALTHY),
        ("temporal-schema", ENDED),
        ("postgresql", HEALTHY),
    ]


def test_what_others_wait_for_can_say_that_it_is_there() -> None:
    for service in services().values():
        for other, waits in service.get("depends_on", {}).items():
            if waits["condition"] == HEALTHY:
                assert services()[other]["healthcheck"]["test"][0] == "CMD"
            else:
                assert services()[other]["restart"].startswith("on-failure"), f"{other} would run for ever"


def test_what_ends_is_not_restarted_and_what_runs_is() -> None:
    awaited = {
        other
        for service in services().values()
        for other, waits in service.get("depends_on", {}).items()
        if waits["condition"] == ENDED
    }
    assert {name for name, service in services().items() if service["restart"] != "unless-stopped"} == awaited
