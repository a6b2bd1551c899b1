"""Which version of a deployment a worker is: workflows stay with the version that they began on, and move on when they
continue as new."""

import importlib.metadata
from collections.abc import Mapping

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from orchestrator.app import Orchestrator
from orchestrator.errors import ConfigurationError
from orchestrator.settings import Settings


def deployment_config(app: Orchestrator, settings: Settings) -> WorkerDeploymentConfig | None:
    """How a worker takes part in Temporal's worker versioning; None: it does not, `ORCHESTRATOR_DEPLOYMENT` is not set.

    Workflows that do not say otherwise (`@workflow.defn(versioning_behavior=…)`) are pinned.

    Raises:
        ConfigurationError: The deployment's name has a dot, or there is no build id to be found. *Not retryable.*
    """
    name = settings.deployment
    if name is None:
        return None
    if not name or "." in name:
        raise ConfigurationError(f"ORCHESTRATOR_DEPLOYMENT={name!r}: a deployment's name is not empty and has no dot.")
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(name, settings.build_id or _package_version(app)),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )


def _package_version(app: Orchestrator) -> str:
    """The version of the package that the application's graphs and workflows were registered from.

    Raises:
        ConfigurationError: It comes from no installed package, or from several. *Not retryable.*
    """
    modules = {cls.__module__.partition(".")[0] for cls in app.workflows}
    modules |= {package for graph in app.graphs.values() for package in graph.packages}
    distributions = importlib.metadata.packages_distributions()
    found = {name for module in modules for name in _distributions(module, distributions)}
    if len(found) == 1:
        return importlib.metadata.version(found.pop())
    which = f"comes from several packages ({', '.join(sorted(found))})" if found else "is not an installed package"
    raise ConfigurationError(
        f"Application {app.name!r} {which}, so its version cannot be told: set ORCHESTRATOR_BUILD_ID to something that "
        "changes with the code, for instance the commit or the image's tag."
    )


def _distributions(module: str, known: Mapping[str, list[str]]) -> set[str]:
    """The distributions that bring a top-level module. An editable one does not list its modules; by custom it has
    their name."""
    if module in known:
        return set(known[module])
    try:
        return {importlib.metadata.distribution(module).name}
    except importlib.metadata.PackageNotFoundError:
        return set()
