import pytest

from orchestrator.errors import ConfigurationError
from orchestrator.settings import load

NONSENSE = {
    "no JSON": ("CALENDARS", "x", "ORCHESTRATOR_CALENDARS='x': not JSON: Expecting value at line 1, column 1"),
    "no such zone": (
        "CALENDARS",
        '{"berlin": {"time_zone": "Mars"}}',
        "ORCHESTRATOR_CALENDARS: berlin.time_zone='Mars': there is no time zone 'Mars'",
    ),
    "no calendar": ("CALENDARS", '{"berlin": 3}', "ORCHESTRATOR_CALENDARS: berlin='3': must be an object"),
    "no number": ("DRAIN_SECONDS", "soon", "ORCHESTRATOR_DRAIN_SECONDS='soon': must be a number"),
    "too small": ("MAX_STAGES", "0", "ORCHESTRATOR_MAX_STAGES='0': must be at least 1"),
    "none of a few": ("LOG_LEVEL", "loud", "ORCHESTRATOR_LOG_LEVEL='loud': must be 'debug', 'info', 'warning' or"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_a_setting_that_makes_no_sense_is_named_with_its_value(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable, value, expected = NONSENSE[case]
    monkeypatch.setenv(f"ORCHESTRATOR_{variable}", value)
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert str(refused.value).startswith(expected)
