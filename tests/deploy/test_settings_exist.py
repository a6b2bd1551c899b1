import re

import pytest
from temporalio.envconfig import ClientConfig

from orchestrator.settings import Settings
from tests.deploy.files import OURS, services, stage

PREFIX = "ORCHESTRATOR_"


def environments() -> dict[str, dict[str, str]]:
    """What is set for our program: by the image, and by each service."""
    image = " ".join(instruction.rest for instruction in stage("engine").every("ENV"))
    found: dict[str, dict[str, str]] = {"image": dict(re.findall(r"(\w+)=(\S+)", image))}
    return found | {name: service["environment"] for name, service in services(OURS).items()}


@pytest.mark.parametrize("where", sorted(environments()))
def test_every_setting_that_is_deployed_exists_and_makes_sense(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: value for name, value in environments()[where].items() if name.startswith(PREFIX)}
    unknown = {name.removeprefix(PREFIX).lower() for name in given} - set(Settings.model_fields)
    assert not unknown
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    Settings()


@pytest.mark.parametrize("service", sorted(services(OURS)))
def test_temporal_s_own_client_reads_the_address_and_the_namespace(service: str) -> None:
    given = services(OURS)[service]["environment"]
    config = ClientConfig.load_client_connect_config(disable_file=True, override_env_vars=given)
    assert (config["target_host"], config["namespace"]) == ("temporal:7233", "default")
