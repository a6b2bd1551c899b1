import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from orchestrator.calls import Notice
from orchestrator.errors import ConfigurationError
from orchestrator.identity.links import Link, read
from orchestrator.notify import Email, Links, Recipient
from tests.notify.notices import notice, task

SECRET = "0123456789abcdef0123456789abcdef"
LINKS = Links("https://loans.x.org", SecretStr(SECRET))


def links(given: Notice, **found: Any) -> list[Link]:
    channel = Email("smtp://localhost", sender="loans@x.org", links=LINKS)
    body = channel.message(given, Recipient("ann@x.org", "ann", **found), "key").get_body(("plain",))
    assert body is not None
    return [read(token, SECRET) for token in re.findall(r"https://loans\.x\.org/links/(\S+)", str(body.get_content()))]


def about(**fields: Any) -> Notice:
    return notice(task=task(**fields))


def test_approve_or_reject_in_the_name_of_whom_the_mail_is_for() -> None:
    found = links(about())
    assert [link.action for link in found] == ["approve", "reject"]
    assert {(link.subject, link.workflow_id, link.task_id) for link in found} == {("ann", "loan-7", "review-1")}


def test_lead_to_the_form_where_values_are_needed() -> None:
    form = {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}
    assert [link.action for link in links(about(form=form))] == ["respond"]
    assert [link.action for link in links(about(form=form | {"required": []}))] == ["approve", "reject"]


def test_approve_a_tool_call_though_langchain_asks_for_its_own_kind_of_answer() -> None:
    form = {"type": "object", "required": ["type"]}
    assert len(links(about(form=form, payload={"type": "tool_approval"}))) == 2


def test_end_with_the_due_date_or_after_seven_days() -> None:
    now = datetime.now(UTC)
    soon = (now + timedelta(days=1)).replace(microsecond=0)
    assert {link.expires_at for link in links(about(due_at=soon))} == {soon}
    for other in (None, now + timedelta(days=30), now - timedelta(days=1)):
        (expires_at,) = {link.expires_at for link in links(about(due_at=other))}
        assert timedelta(days=6, hours=23) < expires_at - now <= timedelta(days=7, seconds=30)


@pytest.mark.parametrize("event", ["decided", "expired", "withdrawn"])
def test_are_not_sent_once_the_task_is_closed(event: Any) -> None:
    assert links(notice(event=event)) == []


def test_are_not_sent_to_those_who_could_not_use_them() -> None:
    assert links(about(not_by=["ann"])) == []
    assert links(about(identity="named", assignees=["group:underwriters"])) == []
    assert len(links(about(identity="named", assignees=["ann"]))) == 2


def test_carry_the_groups_through_which_the_directory_found_somebody() -> None:
    found = links(about(identity="named", assignees=["group:underwriters"]), groups=frozenset({"underwriters"}))
    assert [link.groups for link in found] == [["underwriters"]] * 2


def test_need_a_secret_that_is_long_enough_as_the_worker_starts() -> None:
    channel = Email("smtp://localhost", sender="loans@x.org", links=Links("https://x.org", SecretStr("short")))
    with pytest.raises(ConfigurationError, match="ORCHESTRATOR_LINK_SECRET"):
        channel.check()
