import os
import subprocess
import sys
from typing import Any

import pytest
from temporalio.envconfig import ClientConfig

from orchestrator.settings import Settings
from tests.deploy.files import ROOT
from tests.deploy.manifests import IMAGE, OVERLAYS, pods, settings

EVERY = [
    pytest.param(overlay, pod["spec"], id=f"{overlay}-{name}") for overlay in OVERLAYS for name, pod in pods(overlay)
]


@pytest.mark.parametrize(("overlay", "pod"), EVERY)
def test_no_pod_can_write_to_its_root_gain_a_privilege_or_ask_the_cluster(overlay: str, pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["serviceAccountName"] == "orchestrator"
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/tmp", "/data"}


@pytest.mark.parametrize(("overlay", "pod"), EVERY)
def test_secrets_come_by_reference(overlay: str, pod: dict[str, Any]) -> None:
    for container in pod["containers"]:
        referred = {source["secretRef"]["name"] for source in container["envFrom"] if "secretRef" in source}
        assert referred == {"orchestrator-keys"}
        by_name = {variable["name"]: variable for variable in container["env"]}
        assert by_name["PGPASSWORD"]["valueFrom"]["secretKeyRef"]["name"] == "orchestrator-database"
        assert not any("SECRET" in name or "KEY" in name for name in by_name)


@pytest.mark.parametrize(("overlay", "pod"), EVERY)
def test_a_worker_has_longer_to_end_than_it_drains(overlay: str, pod: dict[str, Any]) -> None:
    if pod.get("restartPolicy") != "Never":
        assert pod["terminationGracePeriodSeconds"] >= float(settings(overlay)["ORCHESTRATOR_DRAIN_SECONDS"]) + 10


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_image_is_the_application_s(overlay: str) -> None:
    images = {container["image"] for _, pod in pods(overlay) for container in pod["spec"]["containers"]}
    assert len(images) == 1
    image = images.pop()
    assert image == f"{IMAGE}:dev" if overlay == "dev" else image.startswith("registry.example.com/")
    assert not image.endswith(":latest")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_exists_and_makes_sense(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings(overlay)
    for _, pod in pods(overlay):
        for container in pod["spec"]["containers"]:
            given |= {one["name"]: one["value"] for one in container["env"] if "value" in one}
    ours = {name.removeprefix("ORCHESTRATOR_").lower() for name in given if name.startswith("ORCHESTRATOR_")}
    assert not ours - set(Settings.model_fields)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    Settings()
    config = ClientConfig.load_client_connect_config(disable_file=True, override_env_vars=given)
    assert config["target_host"] == "temporal-frontend.temporal.svc:7233"


def test_every_command_and_option_exists() -> None:
    commands = {tuple(c["args"]) for overlay in OVERLAYS for _, pod in pods(overlay) for c in pod["spec"]["containers"]}
    for command, *options in commands:
        said = subprocess.run(
            [sys.executable, "-m", "orchestrator", command, "--help"],
            capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, "COLUMNS": "200"},
        ).stdout  # fmt: skip
        assert all(option in said for option in options if option.startswith("--"))
