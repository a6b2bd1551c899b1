"""What comes back from a human, in a graph and in a workflow alike."""

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter

from orchestrator.wire import Ref

FormT = TypeVar("FormT")

ENGINE = "orchestrator"
"""Who acts when nobody does: a timer, a retry that ran out."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[FormT]):
    """What a human decided."""

    action: Literal["approve", "reject", "edit", "respond"]
    values: FormT | None
    by: str
    comment: str | None = None
    route: str | None = None
    """The branch to take because nobody answered in time: the one that `on_due=Route(...)` named."""
    decisions: tuple[dict[str, Any], ...] = ()
    """All decisions, where several people had to make one."""
    values_ref: Ref | None = None
    """In a workflow, instead of values over 256 KiB: what the next stage may take as its input."""

    @property
    def approved(self) -> bool:
        """Whether the action is `approve`."""
        return self.action == "approve"


def json_schema(form: type[Any] | dict[str, Any] | None) -> dict[str, Any] | None:
    """The JSON Schema of a form."""
    if form is None or isinstance(form, dict):
        return form
    return TypeAdapter(form).json_schema()


def to_answer(value: Any, form: type[Any] | dict[str, Any] | None) -> Answer[Any]:
    """The answer that came back, its values as the form's type.

    Raises:
        TypeError: It is no answer of ours: somebody resumed the graph with a bare value.
        pydantic.ValidationError: The values do not fit the form.
    """
    if not isinstance(value, dict) or "action" not in value:
        raise TypeError(f"ask() was answered with {value!r}; an answer has action, values, by and comment.")
    values = value.get("values")
    if values is not None and form is not None and not isinstance(form, dict):
        values = TypeAdapter(form).validate_python(values)
    return Answer(
        action=value["action"],
        values=values,
        by=value.get("by", ""),
        comment=value.get("comment"),
        route=value.get("route"),
        decisions=tuple(value.get("decisions", ())),
        values_ref=Ref.model_validate(value["values_ref"]) if value.get("values_ref") else None,
    )
