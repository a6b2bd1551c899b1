import inspect
import re

from orchestrator.checkpoints.postgres import PostgresStore
from tests.deploy.files import OURS, services

TEMPORAL_S_SERVICES = 4
"""Frontend, history, matching and worker: each has pools of its own, though they share a process."""
SUPERUSERS = 3
"""Connections that PostgreSQL keeps back for superusers."""


def test_the_database_takes_the_connections_of_every_part() -> None:
    command = " ".join(services()["postgresql"]["command"])
    (allowed,) = re.findall(r"max_connections=(\d+)", command)
    temporal = services()["temporal"]["environment"]
    pools = TEMPORAL_S_SERVICES * (int(temporal["SQL_MAX_CONNS"]) + int(temporal["SQL_VIS_MAX_CONNS"]))
    of_one = inspect.signature(PostgresStore).parameters["max_connections"].default
    workers = services(OURS)["worker"]["deploy"]["replicas"]
    while_replaced = 2 * workers + 1  # old and new at once, and the setup job
    assert pools + while_replaced * of_one + SUPERUSERS <= int(allowed)
