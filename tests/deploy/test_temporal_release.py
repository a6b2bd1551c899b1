import re
import subprocess

import pytest

from orchestrator.devserver import find_cli
from tests.deploy.files import services


@pytest.fixture(scope="module")
def tested() -> dict[str, str]:
    """The releases inside the dev server that the tests run on."""
    found = subprocess.run([find_cli(), "--version"], capture_output=True, text=True, check=True)
    match = re.search(r"Server (?P<server>[\d.]+), UI (?P<ui>[\d.]+)", found.stdout)
    assert match, found.stdout
    return match.groupdict()


def test_the_compose_file_runs_the_temporal_release_that_the_tests_run_on(tested: dict[str, str]) -> None:
    images = dict(service["image"].split(":") for service in services().values() if ":" in service["image"])
    assert images["temporalio/server"] == tested["server"]
    assert images["temporalio/admin-tools"] == tested["server"], "the tables are those of the server's release"
    assert images["temporalio/ui"] == tested["ui"]
