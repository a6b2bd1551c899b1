import json
from pathlib import Path
from uuid import uuid4

import pytest

from demo.follow_up.campaign import read_cases, start_campaign
from graphs.follow_up_case import FollowUpCase
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from tests.follow_up.office import case


async def test_starting_again_starts_only_the_missing_ones(temporal: DevServer) -> None:
    client = OrchestratorClient(await temporal.client(), task_queue="follow-up-unserved", checkpoints="memory://")
    campaign = uuid4().hex
    cases = [case(f"customer-{number}", campaign=campaign) for number in range(30)]
    told: list[None] = []
    first = await start_campaign(client, cases[:20], at_once=5, progress=lambda: told.append(None))
    assert (len(first.started), first.present, first.failed) == (20, [], {})
    await client.temporal.get_workflow_handle(cases[0].workflow_id).terminate()
    second = await start_campaign(client, [*cases, cases[-1]], at_once=5, progress=lambda: told.append(None))
    assert sorted(second.started) == sorted(case.workflow_id for case in cases[20:])
    assert len(second.present) == 21
    assert len(told) == 51


def test_customers_are_read_from_csv_and_from_json(tmp_path: Path) -> None:
    csv, json_file = tmp_path / "list.csv", tmp_path / "list.json"
    row = {"customer": "1", "name": "Ann, of Ulm", "email": "ann@b.example", "offer": "A heat pump"}
    csv.write_text('\ufeffcustomer,name,email,offer\r\n1,"Ann, of Ulm",ann@b.example,A heat pump\r\n', "utf-8")
    json_file.write_text(json.dumps([row]))
    expected = FollowUpCase.model_validate(row | {"campaign": "spring"})
    assert read_cases(csv, "spring") == read_cases(json_file, "spring") == [expected]
    assert expected.workflow_id == "follow-up/spring/1"


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        ({"email": "no address"}, "0.email"),
        ({"customer": "a/b"}, "0.customer"),
        ({"offer": "two\nlines"}, "0.offer"),
        ({"name": None}, "0.name"),
    ],
)
def test_a_customer_who_makes_no_sense_is_named(tmp_path: Path, customer: dict[str, str], reason: str) -> None:
    file = tmp_path / "list.json"
    file.write_text(json.dumps([case().model_dump(mode="json") | customer]))
    with pytest.raises(ValueError, match=reason):
        read_cases(file, "spring")
