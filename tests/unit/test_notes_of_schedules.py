from orchestrator.schedules.noted import noted, renoted


def test_who_paused_and_resumed_stands_behind_the_schedules_own_note() -> None:
    paused = noted("For Monday's meeting.", "paused", "ann", "strike [1]")
    assert paused == "For Monday's meeting. [paused by ann: strike (1)]"
    assert noted(paused, "resumed", "bob", None) == "For Monday's meeting. [resumed by bob]"


def test_what_temporal_wrote_in_its_place_goes() -> None:
    assert noted("Unpaused via Python SDK", "paused", None, None) == "[paused]"


def test_another_note_of_its_own_keeps_who_paused_it() -> None:
    assert renoted("Mondays [paused by ann]", "Tuesdays") == "Tuesdays [paused by ann]"
    assert renoted("Mondays", "Tuesdays") == "Tuesdays"
