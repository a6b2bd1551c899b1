"""A human task answered at the prompt. The dialogue is on standard error, so that standard output is the command's."""

import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar, get_args

import typer

from orchestrator.cli import show
from orchestrator.cli.card import card
from orchestrator.cli.options import json_value
from orchestrator.cli.schema import Field, Wrong, shown, whole
from orchestrator.errors import Refused
from orchestrator.human import Action
from orchestrator.wire import Task

T = TypeVar("T")

LEFT_OUT: Any = object()
"""The value of an optional field that was not answered."""
NO_DEFAULT: Any = object()
ACTIONS: tuple[Action, ...] = get_args(Action)


def answer(task: Task, action: Action | None, by: str) -> tuple[Action, Any]:
    """What a person decides, and the values that go with it.

    Raises:
        Refused: They thought better of it, or the form makes no sense. *Not retryable.*
        typer.Abort: They ended it with Ctrl-D.
    """
    show.rich(card(task), err=True)
    show.remark("")
    chosen = action if action is not None else _line(f"action ({' | '.join(ACTIONS)})", _action)
    values = _values(task, chosen)
    if values is not None:
        show.remark(json.dumps(values, indent=2, ensure_ascii=False))
    if not yes(f"Send {chosen} for {task.task_id} as {by}?", default=True):
        raise Refused("Nothing was sent.")
    return chosen, values


def yes(question: str, *, default: bool) -> bool:
    """Whether they say yes."""
    field = Field({}, {"type": "boolean"}, question)
    return bool(_line(f"{question} [{'Y/n' if default else 'y/N'}]", field.read, default=default))


def _values(task: Task, action: Action) -> Any:
    payload = task.payload if isinstance(task.payload, dict) else {}
    if task.form is None or payload.get("type") == "tool_approval":
        # LangChain's form is about whole decisions, which the action says already.
        if action == "respond":
            return _line("answer", _text)
        return _line("values (JSON, or @FILE)", json_value) if action == "edit" else None
    if action == "reject" and not yes("Fill in the form as well?", default=False):
        return None
    field = whole(task.form)
    values = LEFT_OUT if action != "edit" else payload or LEFT_OUT
    while True:
        values = _value(field, values)
        complaint = field.complaint(values)
        if complaint is None:
            return values
        show.remark(f"  {complaint}")


def _value(field: Field, before: Any) -> Any:
    """What is answered for a field; `before` is offered.

    An optional field may be left out, and is then not in the values.
    """
    offered = field.schema.get("default", LEFT_OUT) if before is LEFT_OUT else before
    if offered is not LEFT_OUT and field.kind != "object" and field.complaint(offered):
        offered = LEFT_OUT
    match field.kind:
        case "object":
            return _object(field, offered)
        case "list":
            return _list(field, offered)
    _describe(field)
    if field.kind == "json":
        offer = None if offered is LEFT_OUT else json.dumps(offered, ensure_ascii=False)
        return _asked(field, lambda text: _fitting(field, json_value(text)), offered, offer)
    return _asked(field, field.read, offered, None if offered in (LEFT_OUT, None) else shown(offered))


def _asked(field: Field, read: Callable[[str], Any], offered: Any, offer: str | None) -> Any:
    empty = offered
    if offered is LEFT_OUT and field.required:
        empty = None if field.nullable else LEFT_OUT
    label = f"{field.path or 'value'} ({field.hint}){f' [{offer}]' if offer is not None else ''}"
    while True:
        value = _line(label, read, default=empty)
        if value is not LEFT_OUT or not field.required:
            return value
        show.remark("  an answer is needed")


def _object(field: Field, offered: Any) -> Any:
    if field.path:
        _describe(field)
        if not field.required or field.nullable:
            given = offered not in (LEFT_OUT, None)
            if not yes(f"Fill in {field.path}?", default=given):
                return None if field.required else LEFT_OUT
    before = offered if isinstance(offered, dict) else {}
    answers = {one.name: _value(one, before.get(one.name, LEFT_OUT)) for one in field.fields}
    return {name: value for name, value in answers.items() if value is not LEFT_OUT}


def _list(field: Field, offered: Any) -> Any:
    _describe(field)
    while True:
        offer = "" if offered in (LEFT_OUT, None) else f" [{', '.join(map(shown, offered))}]"
        show.remark(f"{field.path or 'values'} ({field.hint}){offer}")
        items: list[Any] = []
        while (item := _line(f"  {len(items) + 1}", field.item(len(items) + 1).read, default=LEFT_OUT)) is not LEFT_OUT:
            items.append(item)
        if not items and offered is not LEFT_OUT:
            return offered
        if not items and not field.required:
            return LEFT_OUT
        complaint = field.complaint(items)
        if complaint is None:
            return items
        show.remark(f"  {complaint}")


def _describe(field: Field) -> None:
    described = field.schema.get("description")
    if described:
        show.remark(f"{described}")


def _line(label: str, read: Callable[[str], T], default: Any = NO_DEFAULT) -> T:
    """What a line stands for, asked again until it makes sense; an empty one is the default, if there is one."""
    while True:
        text = _read(show.harmless(f"{label}: "))
        if not text and default is not NO_DEFAULT:
            found: T = default
            return found
        try:
            return read(text)
        except (Wrong, typer.BadParameter) as error:
            show.remark(f"  {error}")


def _read(label: str) -> str:
    try:
        if sys.stdout.isatty():
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - input() then has a line editor
            return input(label).strip()
        sys.stderr.write(label)
        sys.stderr.flush()
        return input().strip()
    except EOFError as error:
        raise typer.Abort from error


def _action(text: str) -> Action:
    for action in ACTIONS:
        if text == action:
            return action
    raise Wrong(f"{text!r} is none of: {', '.join(ACTIONS)}")


def _text(text: str) -> str:
    if not text:
        raise Wrong("an answer is needed")
    return text


def _fitting(field: Field, value: Any) -> Any:
    complaint = field.complaint(value)
    if complaint is not None:
        raise Wrong(complaint)
    return value
