import pytest

from tests.cli.running import CommandLine, Ended

pytestmark = pytest.mark.timeout(240)  # each command is a process, and all of them run for the first test

WRONG_USAGE: dict[tuple[str, ...], str] = {
    ("nonsense",): "No such command 'nonsense'",
    ("status",): "Missing argument 'ID'",
    ("status", "x", "--colour"): "No such option: --colour",
    ("start", "double", "--input", "{dose: 1}"): "'--input': not JSON",
    ("start", "double", "--input", "@missing.json"): "missing.json cannot be read: No such file or directory",
    ("start", "double", "--input", "@."): "cannot be read: Is a directory",
    ("start", "double", "--options", "[]"): "a JSON object is expected",
    (
        "start",
        "x",
        "--graph",
        "--task-queue",
        "q",
        "--options",
        '{"retries": 3}',
    ): "--options: retries: there is no such field; there are: start_to_close_timeout",
    ("start", "Admission", "--workflow", "--task-queue", "q", "--options", "{}"): "Admission is a workflow",
    ("start", "double", "--graph", "--workflow"): "either --graph or --workflow",
    ("decide", "x", "--action", "shrug"): "'shrug' is not one of",
    ("decide", "x", "--action", "approve", "--values", "{"): "'--values': not JSON",
    ("decide", "x", "--action", "approve", "--by", ""): "--by is empty; say who",
    ("decide", "x"): "--action is missing",
    ("start", "double", "--by", " "): "--by is empty; say who",
    ("assign", "x"): "Missing option '--action'",
    ("assign", "x", "--action", "steal"): "'steal' is not one of",
    ("event", "x", "ping", "--payload", "@missing.json"): "missing.json cannot be read",
    ("tasks", "--limit", "0"): "'--limit': must be at least 1",
    ("tasks", "--state", "asleep"): "'asleep' is not one of",
    ("tasks", "--sort", "size"): "'size' is not one of",
    ("tasks", "--priority-min", "high"): "'--priority-min'",
    ("tasks", "--task", "x"): "name that too, with --workflow ID",
    ("tasks", "--due-before", "soon"): "'--due-before': 'soon' is no time; write it as 2026-",
    ("tasks", "--due-before", "2026-01-31T09:00"): "has no time zone; write 2026-01-31T09:00Z",
    ("tasks", "--due-before", "2026-01-31", "--overdue"): "either --due-before or --overdue",
    ("tasks", "--mine", "--by", ""): "--by is empty; say who",
    ("audit",): "either a workflow's ID or --input FILE",
    ("event", "x", ""): "NAME: must not be empty",
    ("event", "x", " "): "NAME: must not be blank",
    ("event", "x", "e" * 256): "NAME: must have at most 255 characters",
    ("recover", "x", "--action", "retry"): "Missing option '--reason'",
    ("list", "--limit", "0"): "'--limit': must be at least 1",
    ("dev", "--port", "70000"): "'--port': must be at most 65535",
    ("schedule", "backfill", "x", "--start", "2026-01-01T00:00:00", "--end", "2026-01-02T00:00:00Z"): "no time zone",
    ("graph", "show", "double", "--format", "jpeg"): "'jpeg' is not one of",
    ("list", "--state", "asleep"): "--state 'asleep' is none of: running, waiting",
    ("graph", "list", "--app", "clinic"): "is not of the form MODULE:NAME",
    ("graph", "list", "--app", "clinic:app", "--config", "x.json"): "either --app or --config",
    ("start", "double", "--id", ""): "'--id': it is empty",
    ("assign", "x", "--action", "delegate"): "--action delegate needs --to",
    ("recover", "x", "--action", "amend", "--reason", "y"): "--action amend needs --values",
    ("recover", "x", "--action", "rewind", "--reason", "y"): "--action rewind needs --checkpoint",
    ("audit", "--input", "missing.json"): "missing.json cannot be read",
    ("stauts",): "Did you mean 'status', 'start'? See",
}
REFUSED: dict[tuple[str, ...], str] = {
    ("status", "no-such-id"): "Workflow 'no-such-id' does not exist here; `orchestrator list` shows what does",
    ("tasks", "--workflow", "no-such-id"): "Workflow 'no-such-id' does not exist here",
    ("tasks", "--workflow", "no-such-id", "--task", "x"): "Workflow 'no-such-id' does not exist here",
    ("audit", "no-such-id"): "Workflow 'no-such-id' does not exist here",
    ("assign", "no-such-id", "--action", "claim"): "Workflow 'no-such-id' does not exist here",
    ("watch", "no-such-id"): "Workflow 'no-such-id' does not exist here",
    ("decide", "no-such-id", "--action", "approve"): "Workflow 'no-such-id' does not exist here",
    ("event", "no-such-id", "ping"): "Workflow 'no-such-id' does not exist here",
    ("pause", "no-such-id"): "Workflow 'no-such-id' does not exist here",
    ("retention", "hold", "no-such-id", "--reason", "y"): "Workflow 'no-such-id' does not exist here",
    ("cancel", "no-such-id"): "Workflow 'no-such-id' does not exist here",
    ("list", "--query", "Nonsense = 1"): "invalid search attribute: Nonsense",
    ("graph", "list", "--app", "json:nothing"): "module json has no 'nothing'",
    ("graph", "list", "--app", "json:loads"): "not an Orchestrator",
    ("graph", "list", "--app", "no_such_module:app"): "No module named 'no_such_module'",
    ("graph", "list", "--config", "missing.json"): "missing.json does not exist",
}


@pytest.fixture(scope="module")
def ended(orchestrator: CommandLine) -> dict[tuple[str, ...], Ended]:
    commands = [*WRONG_USAGE, *REFUSED]
    return dict(zip(commands, orchestrator.each(*commands), strict=True))


@pytest.mark.parametrize("command", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_ends_with_status_2_and_one_line(
    ended: dict[tuple[str, ...], Ended], command: tuple[str, ...]
) -> None:
    complaint = ended[command].refused(2)
    assert WRONG_USAGE[command] in complaint
    assert "See `orchestrator " in complaint


@pytest.mark.parametrize("command", REFUSED, ids=" ".join)
def test_what_cannot_be_done_ends_with_status_1_and_one_line(
    ended: dict[tuple[str, ...], Ended], command: tuple[str, ...]
) -> None:
    assert REFUSED[command] in ended[command].refused()


def test_an_environment_that_makes_no_sense_is_named_in_one_line(orchestrator: CommandLine) -> None:
    (orchestrator.folder / "raises.py").write_text("from orchestrator import Orchestrator\n\napp = 1 / 0\n")
    cases: dict[str, tuple[CommandLine, str]] = {
        "unreachable": (orchestrator.but(TEMPORAL_ADDRESS="localhost:1"), "No Temporal server answers at localhost:1"),
        "no address": (orchestrator.but(TEMPORAL_ADDRESS="not an address"), "TEMPORAL_ADDRESS='not an address'"),
        "profile": (orchestrator.but(TEMPORAL_PROFILE="nobody"), "Profile 'nobody' not found"),
        "namespace": (orchestrator.but(TEMPORAL_NAMESPACE="nowhere"), "Namespace nowhere is not found"),
    }
    for case, (command_line, expected) in cases.items():
        assert expected in command_line("list").refused(), case
    nowhere = orchestrator.but(TEMPORAL_NAMESPACE="nowhere", ORCHESTRATOR_SEARCH_ATTRIBUTES="false")
    assert "Namespace nowhere is not found" in nowhere("worker").refused()
    soon = orchestrator.but(ORCHESTRATOR_DRAIN_SECONDS="soon")
    assert "ORCHESTRATOR_DRAIN_SECONDS='soon'" in soon("worker").refused()
    raised = orchestrator("graph", "list", "--app", "raises:app").refused()
    assert "importing raises raised ZeroDivisionError" in raised
    assert "raises.py:3" in raised


def test_no_arguments_show_the_help_and_are_wrong_usage(orchestrator: CommandLine) -> None:
    bare, group, asked = orchestrator.each((), ("schedule",), ("--help",))
    assert (bare.status, group.status, asked.status) == (2, 2, 0)
    for done in (bare, group, asked):
        assert "Usage: orchestrator" in done.out + done.err
