"""Who started it, who decides, and how that is proved."""

import getpass

from tests.cli.running import CommandLine


def test_whoever_starts_a_workflow_may_not_decide_where_that_is_forbidden(clinic: CommandLine, new_id: str) -> None:
    assert clinic("start", "Discharge", "--id", new_id, "--input", '"Bob"', "--by", "eve").status == 0
    clinic.until(new_id, "waiting")
    approve = ("decide", new_id, "--action", "approve", "--by")
    assert "eve" in clinic(*approve, "eve").refused()
    assert clinic(*approve, "zoe").status == 0


def test_by_default_the_starter_is_the_user_of_this_machine(clinic: CommandLine, new_id: str) -> None:
    assert clinic("start", "Discharge", "--id", new_id, "--input", '"Bob"').status == 0
    clinic.until(new_id, "waiting")
    assert getpass.getuser() in clinic("decide", new_id, "--action", "approve").refused()


def test_a_token_comes_from_the_option_a_file_or_standard_input(clinic: CommandLine, new_id: str) -> None:
    clinic.begin("consent", new_id, {"name": "Ada"}, until="waiting")
    (clinic.folder / "token.jwt").write_text("not.a.token\n")
    decide = ("decide", new_id, "--action", "approve", "--values", '{"dose": 1}', "--token")
    for done in (
        clinic(*decide, "not.a.token"),
        clinic(*decide, "@token.jwt"),
        clinic(*decide, "@-", given="not.a.token\n"),
        clinic("assign", new_id, "--action", "claim", "--token", "@token.jwt"),
    ):
        assert "token" in done.refused()
    assert len(clinic("tasks", "--workflow", new_id, "--json").json) == 1


def test_what_is_no_token_is_wrong_usage(orchestrator: CommandLine) -> None:
    decide = ("decide", "x", "--action", "approve", "--token")
    empty, words, missing = orchestrator.each((*decide, "@-"), (*decide, "two words"), (*decide, "@no-such-file.jwt"))
    assert "there is no token there" in empty.refused(2)
    assert "there is no token there" in words.refused(2)
    assert "no-such-file.jwt cannot be read" in missing.refused(2)
