import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.running import CommandLine

FROM_THE_FUTURE = "INSERT INTO orchestrator_schema (version, oldest, release) VALUES (9, 9, '9.0')"
COMPATIBLE = "UPDATE orchestrator_schema SET oldest = 1"


def execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


def test_a_worker_that_does_not_fit_ends_with_one_line_and_doctor_shows_the_version(
    orchestrator: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoints.db"
    here = orchestrator.but(ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{file}")
    here("setup")
    assert f"ok    checkpointer       sqlite:///{file}, schema version 1\n" in here("doctor").out

    execute(file, FROM_THE_FUTURE)
    said = f"{file}' has schema version 9, for releases that know 9 or later; release"
    assert said in here("worker").refused()
    assert said in here("setup").err
    assert f"FAIL  checkpointer       sqlite:///{file}: it has schema version 9, for" in here("doctor").out

    execute(file, COMPATIBLE)
    assert "schema version 9, of a newer release\n" in here("doctor").out
