from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel, Field

from orchestrator.requests import ask_request
from orchestrator.waits import DefaultAnswer
from tests.support.graphs import EMPTY
from tests.support.local import serving
from tests.tasks.desk import asking, parked

NOTHING = timedelta(0)
SENSELESS: dict[str, Any] = {
    "reminders without a pause": {"remind_every": NOTHING},
    "reminders back in time": {"remind_every": timedelta(days=-1)},
    "a quorum of nobody": {"quorum": 0},
    "a quorum of less than nobody": {"quorum": -1},
    "due before it is asked": {"due": timedelta(days=-1)},
}


@pytest.mark.parametrize("details", SENSELESS.values(), ids=SENSELESS)
def test_are_refused_where_they_are_asked(details: Any) -> None:
    with pytest.raises(TypeError, match=next(iter(details))):
        ask_request("Approve?", None, details)


@pytest.mark.parametrize("title", ["", " \n"])
def test_a_question_without_words_is_refused(title: str) -> None:
    with pytest.raises(TypeError, match="needs a title"):
        ask_request(title, None, {})


def test_a_detail_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="'remind_evry'"):
        ask_request("Approve?", None, {"remind_evry": timedelta(days=1)})  # type: ignore[typeddict-unknown-key]


class Review(BaseModel):
    amount: int = Field(gt=0)


async def test_a_default_answer_that_does_not_fit_the_form_parks_the_stage() -> None:
    wrong = DefaultAnswer(action="approve", values={"amount": -1})
    async with serving(ask=asking(form=Review, due=timedelta(days=1), on_due=wrong)) as local:
        handle = await local.graph("ask", EMPTY)
        reason = await parked(handle)
        assert reason.startswith("BadInput: The question 'Approve?' makes no sense: on_due: ")
        assert "amount: -1 must be more than 0" in reason
