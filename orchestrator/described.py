"""What a workflow's page in Temporal's Web UI says from its start on: what was started, by whom, with which input.

Of the input only names and sizes: its values may be secrets, and everybody who may list workflows reads this.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from orchestrator import names
from orchestrator.markdown import code, inline, one_line

SUMMARY_CHARACTERS = 100
"""The server takes 400 bytes."""
SHOWN_KEYS = 20
KIB = 1024


def summary(workflow: str, args: Sequence[Any]) -> str:
    """One line: the graph, or the workflow type."""
    graph = _request(workflow, args).get("graph")
    return one_line(f"graph {graph}" if graph else workflow, SUMMARY_CHARACTERS)


def details(workflow: str, args: Sequence[Any], started_by: str | None = None, workflow_id: str | None = None) -> str:
    """Markdown, at most a few hundred characters."""
    request = _request(workflow, args)
    what = f"Graph {code(str(request['graph']))}" if request.get("graph") else f"Workflow {code(workflow)}"
    lines = [f"{what}{f', started by {inline(started_by)}' if started_by else ''}.", ""]
    if isinstance(request.get("fork"), dict):
        lines.append(_forked(request["fork"]))
    elif request.get("input_ref"):
        lines.append(f"Input: {request['input_ref'].get('size_bytes')} bytes, kept in the checkpointer.")
    else:
        given = [request.get("input")] if request else list(args)
        lines.append(f"Input: {'; '.join(map(_shape, given)) or 'none'}. Its values are under *Input*.")
    if workflow_id is not None:
        lines += ["", f"All of its past: {code(f'orchestrator history {workflow_id}')}"]
    return "\n".join(lines)


def _forked(fork: dict[str, Any]) -> str:
    """Where a fork goes on from."""
    if not fork.get("workflow_id"):
        return "Goes on from a checkpoint of another workflow."
    stage = f"stage {code(str(fork.get('stage')))} of {code(str(fork['workflow_id']))}"
    who = f", forked by {inline(str(fork['by']))}" if fork.get("by") else ""
    why = f": {inline(str(fork['reason']))}" if fork.get("reason") else ""
    amended = ", ".join(code(str(key), 40) for key in sorted(fork.get("values") or ())[:SHOWN_KEYS])
    what = f" Replaced in its state: {amended}." if amended else ""
    return f"Goes on from checkpoint {code(str(fork.get('checkpoint_id')))} of {stage}{who}{why}.{what}"


def _request(workflow: str, args: Sequence[Any]) -> dict[str, Any]:
    """The start input of a GraphRun; empty for any other workflow."""
    return args[0] if workflow == names.GRAPH_RUN and args and isinstance(args[0], dict) else {}


def _shape(value: Any) -> str:
    """A value without itself."""
    if value is None:
        return "nothing"
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json")
    try:
        size = len(to_json(value))
    except ValueError:  # what the client will refuse as well, in its own words
        size = 0
    weight = f"{size} bytes" if size < KIB else f"{size / KIB:.1f} KiB"
    if not isinstance(value, dict):
        return f"a {'list' if isinstance(value, list | tuple) else type(value).__name__} ({weight})"
    keys = [code(str(key), 40) for key in list(value)[:SHOWN_KEYS]]
    more = f" and {len(value) - SHOWN_KEYS} more" if len(value) > SHOWN_KEYS else ""
    return f"{', '.join(keys) or 'an empty object'}{more} ({weight})"
