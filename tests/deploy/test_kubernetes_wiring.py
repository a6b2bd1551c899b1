from typing import Any

import pytest

from tests.deploy.manifests import OVERLAYS, built, of_kind, pods


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return bool(set(selector.get("matchLabels", selector).items()) <= set(labels.items()))


def labelled(overlay: str) -> dict[str, dict[str, str]]:
    return {name: pod["metadata"]["labels"] for name, pod in pods(overlay)}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_selector_finds_the_pods_of_its_name_and_no_others(overlay: str) -> None:
    for manifest in of_kind(overlay, "Deployment", "Service", "PodDisruptionBudget"):
        name = manifest["metadata"]["name"]
        found = {pod for pod, labels in labelled(overlay).items() if selects(manifest["spec"]["selector"], labels)}
        assert found == {name}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_pod_is_behind_the_policy_that_denies_what_no_other_allows(overlay: str) -> None:
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in of_kind(overlay, "NetworkPolicy")}
    assert policies["orchestrator"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policies["orchestrator"]
    assert all(selects(policies["orchestrator"]["podSelector"], labels) for labels in labelled(overlay).values())
    reached = [policy for policy in policies.values() if "ingress" in policy]
    assert all(rule["from"] for policy in reached for rule in policy["ingress"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_whatever_is_named_is_there(overlay: str) -> None:
    names = {(manifest["kind"], manifest["metadata"]["name"]) for manifest in built(overlay)}
    for _, pod in pods(overlay):
        assert ("ServiceAccount", pod["spec"]["serviceAccountName"]) in names
        for container in pod["spec"]["containers"]:
            for source in container["envFrom"]:
                assert "secretRef" in source or ("ConfigMap", source["configMapRef"]["name"]) in names
    for scaler in of_kind(overlay, "HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        assert (target.get("kind", "Deployment"), target["name"]) in names


def test_no_number_of_replicas_fights_with_an_autoscaler() -> None:
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]
        for one in of_kind("production", "HorizontalPodAutoscaler", "ScaledObject")
    }
    for deployment in of_kind("production", "Deployment"):
        assert (deployment["metadata"]["name"] in scaled) == ("replicas" not in deployment["spec"])
    assert {
        trigger["type"] for one in of_kind("production", "ScaledObject") for trigger in one["spec"]["triggers"]
    } == {"temporal"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_secret_lies_here(overlay: str) -> None:
    assert not of_kind(overlay, "Secret")
