import pytest

from tests.cli.running import CommandLine


@pytest.mark.parametrize("name", ["News", "9lives", "news/desk", "class", "json", "orchestrator", "tests", "a-"])
def test_is_refused_as_wrong_usage_and_nothing_is_written(orchestrator: CommandLine, name: str) -> None:
    assert repr(name) in orchestrator("new", name).refused(2)
    assert not list(orchestrator.folder.iterdir())


def test_so_is_a_folder_that_holds_something_and_it_is_left_alone(orchestrator: CommandLine) -> None:
    mine = orchestrator.folder / "desk" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    assert "desk exists and is not empty" in orchestrator("new", "desk").refused()
    assert [file.name for file in mine.parent.iterdir()] == ["mine.txt"]
