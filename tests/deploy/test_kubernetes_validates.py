import kubernetes_validate
import pytest

from tests.deploy.manifests import OVERLAYS, built, of_kind

FOREIGN = {
    "Connection": "temporal.io/v1alpha1",
    "ScaledObject": "keda.sh/v1alpha1",
    "WorkerDeployment": "temporal.io/v1alpha1",
    "WorkerResourceTemplate": "temporal.io/v1alpha1",
}
"""Kinds that others bring, for which there is no schema here."""


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_manifest_fits_the_schema_of_its_kind_with_no_field_more(overlay: str) -> None:
    for manifest in built(overlay):
        if manifest["kind"] in FOREIGN:
            assert manifest["apiVersion"] == FOREIGN[manifest["kind"]]
        else:
            kubernetes_validate.validate(manifest, "1.37", strict=True)


def test_what_the_worker_controller_makes_a_copy_of_for_each_version_fits_as_well() -> None:
    for template in of_kind("versioned", "WorkerResourceTemplate"):
        assert template["spec"]["workerDeploymentRef"]["name"] == "orchestrator-worker"
        copy = {**template["spec"]["template"], "metadata": {"name": "copy"}}
        if "scaleTargetRef" in copy["spec"]:  # empty: the controller fills it in
            assert copy["spec"]["scaleTargetRef"] == {}
            target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "copy"}
            copy["spec"] = copy["spec"] | {"scaleTargetRef": target}
        kubernetes_validate.validate(copy, "1.37", strict=True)


def test_the_worker_controller_s_deployment_is_complete() -> None:
    (deployment,) = of_kind("versioned", "WorkerDeployment")
    (connection,) = of_kind("versioned", "Connection")
    assert deployment["spec"]["workerOptions"]["connectionRef"]["name"] == connection["metadata"]["name"]
    ramp = [step["rampPercentage"] for step in deployment["spec"]["rollout"]["steps"]]
    assert ramp == sorted(set(ramp))
    assert all(0 < percent < 100 for percent in ramp)
    assert {manifest["metadata"]["name"] for manifest in of_kind("versioned", "Deployment")} == {"orchestrator-serve"}
    assert not of_kind("versioned", "ScaledObject")
