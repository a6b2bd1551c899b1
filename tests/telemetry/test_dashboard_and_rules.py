from pathlib import Path

from orchestrator.devserver import DevServer
from orchestrator.telemetry import metrics
from orchestrator.telemetry.metrics import Metric
from tests.telemetry.clinic import clinic
from tests.telemetry.provided import balanced, dashboard, expressions, rules, selected


async def test_every_metric_and_label_that_they_name_is_one_that_a_worker_exposes(
    temporal: DevServer, tmp_path: Path
) -> None:
    async with clinic(temporal, tmp_path) as served:
        await served.a_day()
        day = await served.scraped()
    named = selected()
    assert not set(named) - day.names
    for metric, labels in named.items():
        assert not labels - day.labels(metric), metric


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    ours = [value for value in vars(metrics).values() if isinstance(value, Metric)]
    shown = " ".join(expressions())
    assert [metric.name for metric in ours if metric.name not in shown] == []


def test_each_rule_says_what_happened_and_what_to_do() -> None:
    alerts = rules().alerts
    assert len({alert.alert for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert alert.annotations.keys() == {"summary", "action"}
        assert alert.labels.keys() == {"severity"}


def test_brackets_close_in_every_query() -> None:
    assert all(balanced(expression) for expression in expressions())


def test_panels_have_an_id_of_their_own_a_place_of_their_own_and_a_source() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert len({(place["x"], place["y"]) for place in places}) == len(places)
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for panel in panels:
        assert panel["type"] == "row" or (panel["targets"] and panel["datasource"]["uid"] == "${datasource}")
