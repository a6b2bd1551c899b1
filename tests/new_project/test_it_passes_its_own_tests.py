import subprocess
import sys

from tests.cli.running import CommandLine


def test_a_new_project_passes_its_tests_and_the_linter_at_once(orchestrator: CommandLine) -> None:
    made = orchestrator("new", "news-desk")
    assert made.status == 0, made
    folder = orchestrator.folder / "news-desk"
    assert (folder / "news_desk" / "review.py").exists()
    for check in (["pytest", "-q", "-p", "no:cacheprovider"], ["ruff", "check"], ["ruff", "format", "--check"]):
        ended = subprocess.run(
            [sys.executable, "-m", *check],
            cwd=folder,
            env=dict(orchestrator.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
