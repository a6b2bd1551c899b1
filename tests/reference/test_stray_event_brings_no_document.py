from typing import Any

import pytest

from activities.post import SmtpPost
from graphs import check_documents
from tests.reference.cases import Plain, lacking


@pytest.mark.parametrize("payload", ["hello", 7, [], {}, {"documents": "all"}, {"documents": [1, "diary"]}])
async def test_an_event_that_names_no_missing_document_changes_nothing(post: SmtpPost, payload: Any) -> None:
    run = Plain(check_documents.build(post))
    missing = (await run.start(application=lacking(1)))["missing"]
    result = await run.answer(payload)
    assert (result["complete"], result["missing"], result.get("reminders", 0)) == (False, missing, 0)
    assert await run.waits_for() == "documents"
