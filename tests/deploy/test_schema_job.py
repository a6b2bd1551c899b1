import os
import subprocess
from pathlib import Path

from tests.deploy.files import DEPLOY

RECORDING = '#!/bin/sh\necho "$@" >>"$RECORD"\n'


def test_the_schema_job_brings_both_databases_up_to_date_and_stops_at_the_first_failure(tmp_path: Path) -> None:
    """Temporal's own tool is in none of our packages, so a stand-in writes down how it is called."""
    tool = tmp_path / "temporal-sql-tool"
    record = tmp_path / "record"
    script = ["sh", str(DEPLOY / "temporal" / "schema.sh")]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "RECORD": str(record)}
    tool.write_text(RECORDING)
    tool.chmod(0o755)
    subprocess.run(script, env=environment, check=True)
    folder = "/etc/temporal/schema/postgresql/v12"
    assert record.read_text().splitlines() == [
        "--db temporal setup-schema -v 0.0",
        f"--db temporal update-schema -d {folder}/temporal/versioned",
        "--db temporal_visibility setup-schema -v 0.0",
        f"--db temporal_visibility update-schema -d {folder}/visibility/versioned",
    ]
    tool.write_text(RECORDING + "exit 1\n")
    assert subprocess.run(script, env=environment, check=False).returncode != 0
    assert len(record.read_text().splitlines()) == 5
