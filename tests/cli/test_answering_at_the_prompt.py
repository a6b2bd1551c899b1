"""A form filled in on a real terminal."""

import json
import subprocess

from tests.cli.running import CommandLine
from tests.cli.terminal import CTRL_C, CTRL_D, Terminal, terminal

MINIMAL = (
    ("name (string)", "Ada"),
    ("age (integer)", "36"),
    ("weight (number, optional) [70.5]", ""),
    ("fee (number or string)", "19.99"),
    ("blood (A | B | AB | 0)", "AB"),
    ("smoker (yes | no, optional) [no]", ""),
    ("born (date, as 2026-01-31)", "1815-12-10"),
    ("allergies (one at a time", ""),
    ("visits (one at a time", ""),
    ("2:", "1833"),
    ("3:", ""),
    ("home.street (string)", "Dorset Street"),
    ("home.floor (integer, optional)", ""),
    ("Fill in work?", ""),
    ("remark (string, optional)", ""),
    ("anything (JSON, optional) [{}]", ""),
)


def fill(screen: Terminal, **answers: str) -> None:
    """The survey, with other answers to some questions."""
    for question, line in MINIMAL:
        name = question.partition(" ")[0]
        screen.expect(question)
        if name == "visits":
            screen.answer("1:", "1829")
        else:
            screen.type(f"{answers.pop(name, line)}\n")
    assert not answers


def answers(clinic: CommandLine, workflow_id: str) -> object:
    clinic.until(workflow_id, "completed")
    return clinic("status", workflow_id, "--json").json["result"]["output"]["answers"]


def test_a_form_is_filled_in_field_by_field_and_sent_once_confirmed(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("survey", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "decide", new_id, "--by", "eve") as screen:
        before = screen.expect("action (approve | reject | edit | respond)")
        for shown in ("Who are you?", "For the files.", "survey-1", "priority   3", '"name": "Ada"'):
            assert shown in before
        screen.type("approve\n")
        fill(screen)
        confirmed = screen.expect("Send approve for survey-1 as eve? [Y/n]:")
        assert '"street": "Dorset Street"' in confirmed
        screen.type("\n")
        screen.expect("accepted: approve on task survey-1")
        assert screen.end() == 0
    assert answers(clinic, new_id) == {
        "name": "Ada",
        "age": 36,
        "weight": 70.5,
        "fee": "19.99",
        "blood": "AB",
        "smoker": False,
        "born": "1815-12-10",
        "allergies": [],
        "visits": [1829, 1833],
        "home": {"street": "Dorset Street", "floor": None},
        "work": None,
        "remark": None,
        "anything": {},
    }


def test_an_answer_that_does_not_fit_is_asked_for_again_with_the_reason(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("survey", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "decide", new_id, "--action", "approve") as screen:
        screen.expect("As it stands in the passport.")
        screen.answer("name (string)", "A")
        screen.expect("'A' must have at least 2 characters")
        screen.answer("name (string)", "")
        screen.expect("an answer is needed")
        screen.answer("name (string)", "Ada")
        screen.answer("age (integer)", "old")
        screen.expect("'old' must be a whole number")
        screen.answer("age (integer)", "131")
        screen.expect("131 must be at most 130")
        screen.answer("age (integer)", "130")
        screen.answer("weight", "")
        screen.answer("fee", "1")
        screen.answer("blood", "C")
        screen.expect("'C' is none of: A | B | AB | 0")
        screen.answer("blood", "0")
        screen.answer("smoker", "yes")
        screen.answer("born", "yesterday")
        screen.expect("'yesterday' is not a 'date'")
        screen.answer("born", "2000-02-29")
        screen.expect("allergies (one at a time")
        screen.answer("1:", "nuts")
        screen.answer("2:", "")
        screen.expect("visits (one at a time")
        screen.answer("1:", "")
        screen.expect("must not be empty")
        screen.expect("visits (one at a time")
        screen.answer("1:", "x")
        screen.expect("'x' must be a whole number")
        screen.answer("1:", "7")
        screen.answer("2:", "")
        screen.answer("home.street", "Here")
        screen.answer("home.floor", "2")
        screen.answer("Fill in work?", "y")
        screen.answer("work.street", "There")
        screen.answer("work.floor", "")
        screen.answer("remark", "none")
        screen.answer("anything", "{x")
        screen.expect("not JSON")
        screen.answer("anything", '{"x": 1}')
        screen.answer("[Y/n]:", "y")
        screen.expect("accepted")
        assert screen.end() == 0
    found = answers(clinic, new_id)
    assert isinstance(found, dict)
    assert (found["smoker"], found["allergies"], found["visits"]) == (True, ["nuts"], [7])
    assert (found["home"]["floor"], found["work"]["street"], found["anything"]) == (2, "There", {"x": 1})


def test_an_edit_offers_what_the_question_is_about(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("survey", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "decide", new_id, "--action", "edit") as screen:
        screen.answer("name (string) [Ada]", "")
        screen.answer("age (integer) [7]", "8")
        screen.expect("weight (number, optional) [70.5]")
        screen.interrupt(CTRL_C, "Nothing was sent.")
        assert screen.end() == 130
    assert len(clinic("tasks", "--workflow", new_id, "--json").json) == 1


def test_ctrl_c_ctrl_d_and_no_send_nothing(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    for key in (CTRL_C, CTRL_D):
        with terminal(clinic, "decide", new_id) as screen:
            screen.answer("action", "approve")
            screen.expect("dose (integer):")
            screen.interrupt(key, "Nothing was sent.")
            assert screen.end() == 130
    with terminal(clinic, "decide", new_id, "--action", "approve") as screen:
        screen.answer("dose (integer)", "3")
        screen.answer("[Y/n]:", "n")
        screen.expect("error: Nothing was sent.")
        assert screen.end() == 1
    audit = clinic("audit", new_id, "--json").json
    assert [entry["what"] for entry in audit] == ["opened"]


def test_a_rejection_needs_no_form(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("survey", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "decide", new_id) as screen:
        screen.answer("action", "refuse")
        screen.expect("'refuse' is none of: approve, reject, edit, respond")
        screen.answer("action", "reject")
        screen.answer("Fill in the form as well? [y/N]:", "")
        screen.answer("[Y/n]:", "")
        screen.expect("accepted: reject")
        assert screen.end() == 0
    assert answers(clinic, new_id) == {"action": "reject"}


def test_a_question_without_a_form_takes_any_json(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("essay", new_id, {}, until="waiting")
    (clinic.folder / "essay.json").write_text('{"text": "abc"}')
    with terminal(clinic, "decide", new_id) as screen:
        screen.answer("action", "edit")
        screen.answer("values (JSON, or @FILE)", "@no-such-file.json")
        screen.expect("no-such-file.json cannot be read")
        screen.answer("values (JSON, or @FILE)", "@essay.json")
        screen.answer("[Y/n]:", "")
        assert screen.end() == 0
    assert answers(clinic, new_id) == {"length": 3}


def test_with_values_or_without_a_form_nothing_is_asked(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "decide", new_id, "--action", "approve", "--values", '{"dose": 1}') as screen:
        screen.expect("accepted: approve on task consent-1")
        assert screen.end() == 0
    plain = f"{new_id}-plain"
    clinic.begin("twice", plain, {}, until="waiting")
    with terminal(clinic, "decide", plain, "--action", "approve") as screen:
        screen.expect("accepted: approve on task twice-1")
        assert screen.end() == 0


def test_the_dialogue_leaves_standard_output_to_the_receipt(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    with terminal(clinic, "decide", new_id, "--json", stdout=subprocess.PIPE) as screen:
        screen.answer("action", "approve")
        screen.answer("dose (integer)", "3")
        screen.answer("[Y/n]:", "")
        assert screen.process.stdout is not None
        assert json.load(screen.process.stdout)["status"] == "accepted"
        assert screen.end() == 0


def test_without_a_terminal_the_action_is_needed(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    assert "--action is missing: approve, reject, edit or respond" in clinic("decide", new_id).refused(2)
