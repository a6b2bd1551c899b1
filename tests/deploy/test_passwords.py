from dotenv import dotenv_values

from tests.deploy.files import DEPLOY, variables

EXAMPLE = dotenv_values(DEPLOY / ".env.example")


def test_env_example_names_every_variable_of_the_compose_file_and_no_other() -> None:
    assert set(EXAMPLE) == {variable.name for variable in variables()}


def test_env_example_shows_the_defaults() -> None:
    defaults = {variable.name: variable.default for variable in variables() if variable.default is not None}
    assert {name: value for name, value in EXAMPLE.items() if value} == defaults


def test_no_password_or_secret_has_a_default() -> None:
    passwords = [variable for variable in variables() if variable.name.endswith(("_PASSWORD", "_SECRET"))]
    assert {variable.name for variable in passwords} == {name for name, value in EXAMPLE.items() if not value}
    assert all(variable.required for variable in passwords)


def test_filled_in_passwords_stay_out_of_git_and_out_of_the_build() -> None:
    ignored = (DEPLOY / ".gitignore").read_text(encoding="utf-8").split()
    assert {".env", "app.env"} <= set(ignored)
