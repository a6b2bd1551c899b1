from typing import Any

import pytest
from pydantic import BaseModel

from tests.support.graphs import chain
from tests.support.local import failure, output, serving


class Loan(BaseModel):
    amount: int


def doubles(state: Loan) -> dict[str, int]:
    return {"amount": state.amount * 2}


@pytest.mark.parametrize("value", [{"amount": "much"}, {"nonsense": 1}], ids=["a wrong type", "a missing field"])
async def test_that_does_not_fit_is_bad_input_at_once_and_names_the_field(value: Any) -> None:
    async with serving(doubles=chain(doubles, schema=Loan)) as local:
        error = await failure(await local.graph("doubles", value, options={"on_failure": "fail"}))
        assert error.type == "BadInput"
        assert "amount" in error.message
        assert "\n" not in error.message


async def test_that_fits_runs() -> None:
    async with serving(doubles=chain(doubles, schema=Loan)) as local:
        assert await output(await local.graph("doubles", {"amount": 2})) == {"amount": 4}
