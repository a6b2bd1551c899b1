import subprocess
import sys

import pytest

from tests.deploy.files import OURS, ROOT, services, stage


def commands() -> set[str]:
    """Every command of ours that the image or the Compose file runs."""
    found = {stage("engine").every("CMD")[0].words[0]}
    for service in services(OURS).values():
        found.add(service["command"][0])
        check = service.get("healthcheck", {}).get("test", [])
        if check[1:2] == ["orchestrator"]:
            found.add(check[2])
    return found


def test_the_image_starts_our_program() -> None:
    assert stage("engine").every("ENTRYPOINT")[0].words == ["orchestrator"]


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_that_is_deployed_exists(command: str) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "orchestrator", command, "--help"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert found.returncode == 0, found.stderr
