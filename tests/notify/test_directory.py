from pathlib import Path

import pytest
from structlog.testing import capture_logs

from orchestrator.errors import ConfigurationError
from orchestrator.notify import Directory, Recipient


async def addresses(directory: Directory, *names: str) -> list[str]:
    return [recipient.address for recipient in await directory.find(names)]


async def test_looks_into_groups_of_groups_and_names_each_address_once() -> None:
    directory = Directory(
        {
            "ann": "ann@x.org",
            "bob": ["bob@x.org", "bob@home.org"],
            "group:seniors": ["ann"],
            "group:all": ["group:seniors", "bob", "ann", "ANN@x.org"],
        }
    )
    assert await addresses(directory, "group:all", "ann") == ["ann@x.org", "bob@x.org", "bob@home.org"]


async def test_knows_whose_an_address_is() -> None:
    directory = Directory({"ann": "ann@x.org", "group:all": ["ann", "eve@x.org"]})
    assert await directory.find(["group:all"]) == [
        Recipient("ann@x.org", "ann", frozenset({"all"})),
        Recipient("eve@x.org", "eve@x.org", frozenset({"all"})),
    ]


async def test_takes_a_name_that_is_an_address_for_what_it_is() -> None:
    directory = Directory({"eve@x.org": ["eve@x.org", "slack:U1"]})
    directory.check()
    assert await addresses(directory, "eve@x.org", "ann@x.org") == ["eve@x.org", "slack:U1", "ann@x.org"]


async def test_skips_a_name_that_nobody_has_with_a_warning() -> None:
    with capture_logs() as logs:
        assert await addresses(Directory({"group:all": ["bob"]}), "group:all", "ann") == []
    assert [(line["log_level"], line["name"]) for line in logs] == [("warning", "bob"), ("warning", "ann")]


async def test_refuses_to_go_round_in_circles() -> None:
    directory = Directory({"group:a": ["group:b"], "group:b": ["ann", "group:a"], "ann": "ann@x.org"})
    with pytest.raises(ConfigurationError, match="group:a → group:b → group:a"):
        directory.check()
    with pytest.raises(ConfigurationError, match="group:a → group:b → group:a"):
        await directory.find(["group:a"])


async def test_in_a_file_is_read_again_when_people_come_and_go(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text('{"ann": "ann@x.org"}')
    directory = Directory(file)
    directory.check()
    file.write_text('{"ann": "ann@new.org"}')
    assert await addresses(directory, "ann") == ["ann@new.org"]


async def test_in_a_file_that_somebody_breaks_says_what_it_said_before(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text('{"ann": "ann@x.org"}')
    directory = Directory(file)
    directory.check()
    for broken in ('{"ann": ', '{"ann": ["ann"]}'):
        file.write_text(broken)
        with capture_logs() as logs:
            assert await addresses(directory, "ann") == ["ann@x.org"]
        assert [line["log_level"] for line in logs] == ["warning"]


@pytest.mark.parametrize("content", [None, "{", "[]", '{"ann": 7}'])
def test_in_a_file_that_makes_no_sense_is_refused_as_the_worker_starts(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigurationError, match=r"people\.json"):
        Directory(file).check()


async def test_may_be_a_function_of_the_user() -> None:
    async def lookup(name: str) -> list[str] | None:
        return {"group:all": ["ann"], "ann": ["ann@x.org"]}.get(name)

    directory = Directory(lookup)
    directory.check()
    assert await addresses(directory, "group:all") == ["ann@x.org"]


async def test_says_through_which_groups_somebody_was_found() -> None:
    directory = Directory({"ann": "ann@x.org", "group:seniors": ["ann"], "group:all": ["group:seniors"]})
    [ann] = await directory.find(["ann"])
    assert ann.groups == frozenset()
    [ann] = await directory.find(["ann", "group:all"])
    assert ann.groups == {"seniors", "all"}
