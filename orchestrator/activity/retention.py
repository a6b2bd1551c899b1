"""The activity that deletes what has been kept long enough."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity

from orchestrator import names
from orchestrator.app import Orchestrator
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.retention import Sweep, Wanted
from orchestrator.retention_report import Report
from orchestrator.settings import Settings

log = structlog.get_logger(__name__)

REPORTED = 100
"""Items that the history keeps."""


def retainer(app: Orchestrator, settings: Settings, stores: Mapping[str, CheckpointStore]) -> Callable[..., Any]:
    """The activity `orchestrator.retention` of one application's checkpointers."""

    @activity.defn(name=names.RETENTION)
    async def retain(wanted: Wanted) -> Report:
        """What went and what stays. A retry begins again: what went is gone."""
        client, period = activity.client(), otherwise(settings)
        report = await Sweep(app, stores.values(), client, wanted, otherwise=period, tell=activity.heartbeat).run()
        log.info("retention", threads=report.threads, values=report.values, bytes=report.size_bytes, kept=report.kept)
        items, orphans = report.items[:REPORTED], report.orphans[:REPORTED]
        left_off = report.left_off + len(report.items) - len(items)
        return report.model_copy(update={"items": items, "orphans": orphans, "left_off": left_off})

    return retain


def otherwise(settings: Settings) -> timedelta | None:
    """How long threads of graphs that do not say are kept."""
    return None if settings.retention_days is None else timedelta(days=settings.retention_days)
