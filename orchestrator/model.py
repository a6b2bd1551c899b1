"""The two bases of everything that crosses a process boundary."""

from pydantic import BaseModel, ConfigDict, ValidationError


class Wire(BaseModel):
    """What people send in: an unknown field is refused, because a misspelt one would be lost without a word."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="iso8601")


class Record(BaseModel):
    """What the engine writes: an older worker reads a newer one's and ignores the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_timedelta="iso8601")


def reasons(error: ValidationError) -> str:
    """Each failing field with its reason, in one line."""
    items = error.errors(include_url=False, include_context=False, include_input=False)
    found = ((".".join(map(str, item["loc"])), item["msg"].removeprefix("Value error, ")) for item in items)
    return "; ".join(f"{where}: {message}" if where else message for where, message in found)
