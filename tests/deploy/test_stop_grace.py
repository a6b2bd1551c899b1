from orchestrator.settings import Settings
from tests.deploy.files import OURS, seconds, services, stage

MARGIN_SECONDS = 10
"""To cancel what still runs, report it, and close the connections."""


def test_a_worker_is_given_longer_to_stop_than_it_takes_to_drain() -> None:
    worker = services(OURS)["worker"]
    grace = seconds(worker["stop_grace_period"])
    assert grace >= float(worker["environment"]["ORCHESTRATOR_DRAIN_SECONDS"]) + MARGIN_SECONDS
    assert grace >= Settings.model_fields["drain_seconds"].default + MARGIN_SECONDS


def test_the_signal_that_stops_a_container_is_the_one_that_drains() -> None:
    assert [signal.rest for signal in stage("engine").every("STOPSIGNAL")] == ["SIGTERM"]
    assert "stop_signal" not in services(OURS)["worker"]


def test_a_signal_reaches_our_program_even_before_it_listens() -> None:
    """Process 1 ignores what it has no handler for: without an init, a stop in the first second would take the whole
    grace period; with a shell before it, any stop would."""
    assert services(OURS)["worker"]["init"] is True
    assert stage("engine").every("ENTRYPOINT")[0].rest.startswith("[")
