import importlib.metadata
from dataclasses import replace

import pytest

from orchestrator import ConfigurationError, Orchestrator
from orchestrator.settings import Settings
from orchestrator.versions.versioning import deployment_config
from tests.support.graphs import chain, says


def settings(**given: str) -> Settings:
    return Settings.model_validate({f"ORCHESTRATOR_{name.upper()}": value for name, value in given.items()})


def test_without_a_deployment_workers_have_no_version() -> None:
    assert deployment_config(Orchestrator("app"), settings(build_id="1")) is None


def test_the_temporal_worker_controller_s_own_variables_do_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_DEPLOYMENT_NAME", "shop/orders")
    monkeypatch.setenv("TEMPORAL_WORKER_BUILD_ID", "v1-abc")
    config = deployment_config(Orchestrator("app"), Settings())
    assert config is not None
    assert config.version.to_canonical_string() == "shop/orders.v1-abc"


def test_by_default_the_build_id_is_the_version_of_the_application_s_package() -> None:
    app = Orchestrator("app")
    app.graph(chain(says("one")), name="work")
    app.graphs["work"] = replace(app.graphs["work"], packages=frozenset({"pydantic"}))
    config = deployment_config(app, settings(deployment="app"))
    assert config is not None
    assert config.version.build_id == importlib.metadata.version("pydantic")


def test_of_an_application_that_is_no_installed_package_it_must_be_given() -> None:
    app = Orchestrator("app")
    app.graph(chain(says("one")), name="work")
    app.graphs["work"] = replace(app.graphs["work"], packages=frozenset({"nowhere_installed"}))
    with pytest.raises(ConfigurationError, match="set ORCHESTRATOR_BUILD_ID"):
        deployment_config(app, settings(deployment="app"))


def test_a_deployment_s_name_has_no_dot() -> None:
    with pytest.raises(ConfigurationError, match=r"ORCHESTRATOR_DEPLOYMENT='a\.b'"):
        deployment_config(Orchestrator("app"), settings(deployment="a.b", build_id="1"))
