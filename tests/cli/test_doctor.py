import json

from tests.cli.running import CommandLine


def test_a_sound_installation_passes(clinic: CommandLine) -> None:
    clinic("setup")
    found = clinic("doctor", "--json").json
    assert found["ok"] is True
    levels = {check["name"]: check["level"] for check in found["checks"]}
    assert levels == {
        "Python": "ok",
        "langgraph": "ok",
        "temporalio": "ok",
        "settings": "ok",
        "application": "ok",
        "temporal CLI": "ok",
        "checkpointer": "ok",
        "Temporal": "ok",
        "namespace": "ok",
        "search attributes": "ok",
        "workers": "ok",
    }


def test_what_is_wrong_fails_with_what_to_do(orchestrator: CommandLine) -> None:
    unknown = orchestrator("doctor", "--app", "nowhere:app", "--task-queue", "q")
    assert unknown.status == 1
    assert "FAIL  application        --app 'nowhere:app': importing nowhere raised ModuleNotFoundError" in unknown.out
    assert "warn  workers            none polls task queue q" in unknown.out
    unreachable = orchestrator.but(TEMPORAL_ADDRESS="localhost:1", ORCHESTRATOR_APP=None)("doctor", "--json")
    assert unreachable.status == 1
    (found,) = [check for check in json.loads(unreachable.out)["checks"] if check["level"] == "fail"]
    assert found["name"] == "Temporal"
    assert "orchestrator dev" in found["detail"]


def test_a_variable_that_is_no_setting_is_named_with_the_one_that_was_meant(orchestrator: CommandLine) -> None:
    misspelt = orchestrator.but(ORCHESTRATOR_CHEKPOINTS="memory://", ORCHESTRATOR_DB_PASSWORD="compose's own")
    checks = json.loads(misspelt("doctor", "--json").out)["checks"]
    [settings] = [check for check in checks if check["name"] == "settings"]
    assert settings["level"] == "warn"
    assert settings["detail"].endswith(": ORCHESTRATOR_CHEKPOINTS (did you mean ORCHESTRATOR_CHECKPOINTS?)")


def test_what_a_worker_or_serve_would_refuse_is_found_before(orchestrator: CommandLine) -> None:
    nonsense = {"METRICS_BIND": "x", "DEPLOYMENT": "a.b", "LINK_SECRET": "short", "INBOUND_SECRET": "whsec_x"}
    variables = {f"ORCHESTRATOR_{name}": value for name, value in nonsense.items()}
    found = orchestrator.but(None, **variables, TEMPORAL_ADDRESS="localhost:1")("doctor", "--json")
    [settings] = [check for check in json.loads(found.out)["checks"] if check["name"] == "settings"]
    assert (found.status, settings["level"]) == (1, "fail")
    for name in variables:
        assert name in settings["detail"]
