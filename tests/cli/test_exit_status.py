"""On Python 3.11 a process that has used a Temporal client aborts at interpreter exit in up to a third of runs."""

from tests.cli.running import CommandLine


def test_a_command_run_twenty_times_ends_with_its_own_status_each_time(orchestrator: CommandLine) -> None:
    runs = orchestrator.each(*[("list", "--limit", "1"), ("status", "no-such-id")] * 10)
    assert [done.status for done in runs] == [0, 1] * 10


def test_a_reader_that_has_had_enough_is_no_error(orchestrator: CommandLine) -> None:
    command = " ".join(orchestrator.command("schedule", "create", "--help"))
    piped = orchestrator.shell(f"{command} | head -n 1")
    assert piped.err == ""
