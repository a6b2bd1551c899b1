import dataclasses
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from demo.dataset import Record, records
from graphs import appraise_property, assess_credit, check_documents, recommend, write_letter
from graphs.application import LoanApplication
from graphs.bureau import BureauClient
from tests.reference.cases import SOUND, Plain

PROTECTED = {"afam", "race", "single", "marital_status", "hschool", "schooling", "education"}
STATES: list[type[BaseModel]] = [
    check_documents.State,
    assess_credit.State,
    appraise_property.State,
    recommend.State,
    write_letter.State,
]


def field_names(model: type[BaseModel]) -> set[str]:
    """The fields of a model and of all models in it."""
    names = set(model.model_fields)
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                names |= field_names(part)
    return names


@pytest.mark.parametrize("attribute", ["afam", "single", "hschool"])
def test_an_application_that_tells_one_is_refused(attribute: str) -> None:
    with pytest.raises(ValidationError, match=attribute):
        LoanApplication.model_validate(SOUND | {attribute: "yes"})


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__module__)
def test_no_state_has_a_field_for_one(state: type[BaseModel]) -> None:
    assert not field_names(state) & PROTECTED


def test_the_table_is_read_without_them() -> None:
    assert not {field.name for field in dataclasses.fields(Record)} & PROTECTED


async def test_a_graph_refuses_an_application_that_tells_one(bureau: BureauClient) -> None:
    told: dict[str, Any] = SOUND | {"afam": "yes"}
    with pytest.raises(ValidationError, match="afam"):
        await Plain(assess_credit.build(bureau)).start(application=told)


async def test_the_checkpoints_of_a_run_hold_none(bureau: BureauClient) -> None:
    run = Plain(assess_credit.build(bureau))
    await run.start(application=records()[104].application())
    held = {name for saved in run.saver.list(run.config) for name in _keys(saved.checkpoint["channel_values"])}
    assert "debt_ratio" in held
    assert not held & PROTECTED


def _keys(value: Any) -> set[str]:
    """The names of all fields and keys in a value."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        return {str(key) for key in value}.union(*(_keys(part) for part in value.values()))
    return set().union(*(_keys(part) for part in value)) if isinstance(value, list) else set()
