"""For tests of applications, on real servers: a process of thirty days runs in milliseconds.

Async context managers, so that any runner of async tests will do; `orchestrator.testing.fixtures` has pytest fixtures.
"""

from orchestrator.testing.histories import record, replay
from orchestrator.testing.human import Human, Reply
from orchestrator.testing.outage import Proxy, proxy
from orchestrator.testing.postgres import new_database, postgres_server
from orchestrator.testing.processes import KillAfter, WorkerProcess, worker_process
from orchestrator.testing.redis import RedisServer, redis_server
from orchestrator.testing.served import Served, serving
from orchestrator.testing.servers import dev_server_in_background, time_skipping, worker

__all__ = [
    "Human",
    "KillAfter",
    "Proxy",
    "RedisServer",
    "Reply",
    "Served",
    "WorkerProcess",
    "dev_server_in_background",
    "new_database",
    "postgres_server",
    "proxy",
    "record",
    "redis_server",
    "replay",
    "serving",
    "time_skipping",
    "worker",
    "worker_process",
]
