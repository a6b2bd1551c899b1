"""`orchestrator doctor`."""

import typer

from orchestrator.cli.options import App, AsJson, Config, TaskQueue, run

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Serve")(doctor)


def doctor(app: App = None, config: Config = None, task_queue: TaskQueue = None, json: AsJson = False) -> int:
    """What is wrong, and what to do about it. Exit status 1 if anything is."""
    from orchestrator.cli import show
    from orchestrator.cli.checks import examine

    found = run(examine(app, config, task_queue))
    sound = all(check.level != "fail" for check in found)
    if json:
        show.as_json({"ok": sound, "checks": found})
    else:
        for check in found:
            show.line(f"{MARKS[check.level]}  {check.name:18} {check.detail}")
            if check.hint:
                show.line(f"{'':25}{check.hint}")
    return 0 if sound else 1
