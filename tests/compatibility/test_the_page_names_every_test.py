import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "compatibility.md"


def test_of_this_folder_and_only_what_exists() -> None:
    linked = {(PAGE.parent / link).resolve() for link in re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text())}
    assert [link for link in sorted(linked) if not link.is_file()] == []
    assert set(HERE.glob("test_*.py")) - linked == {Path(__file__)}
