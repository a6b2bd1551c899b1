"""The Kubernetes manifests, built as `kubectl apply -k` would build them."""

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from tests.deploy.files import DEPLOY

OVERLAYS = ("dev", "production", "versioned")
IMAGE = "hybrid-orchestrator-app"
Manifest = dict[str, Any]


@cache
def built(overlay: str) -> tuple[Manifest, ...]:
    """Everything of an overlay."""
    kubectl = shutil.which("kubectl", path=sysconfig.get_path("scripts")) or shutil.which("kubectl")
    assert kubectl, "kubectl is part of the dependency group `lint`"
    folder = str(DEPLOY / "kubernetes" / overlay)
    made = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return tuple(yaml.safe_load_all(made.stdout))


def of_kind(overlay: str, *kinds: str) -> list[Manifest]:
    """Those of these kinds."""
    return [manifest for manifest in built(overlay) if manifest["kind"] in kinds]


def pods(overlay: str) -> Iterator[tuple[str, Manifest]]:
    """Each kind of pod that an overlay runs, by the name of what runs it."""
    for manifest in of_kind(overlay, "Deployment", "Job", "WorkerDeployment"):
        yield manifest["metadata"]["name"], manifest["spec"]["template"]


def settings(overlay: str) -> dict[str, str]:
    """What every pod has in its environment, secrets apart."""
    (config,) = of_kind(overlay, "ConfigMap")
    return dict(config["data"])
