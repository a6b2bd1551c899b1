import pytest

from graphs.documents import required
from tests.reference.cases import application


def test_everybody_shows_who_they_are_what_they_buy_and_what_they_own() -> None:
    assert {"identification", "purchase_contract", "bank_statements"} <= set(required(application()))


def test_the_self_employed_hand_in_two_tax_returns_and_no_pay_stubs() -> None:
    documents = required(application(self_employed=True))
    assert {"tax_return_last_year", "tax_return_year_before"} <= set(documents)
    assert "pay_stubs" not in documents


def test_a_condominium_needs_the_questionnaire_of_its_association() -> None:
    assert "condominium_questionnaire" in required(application(condominium=True))
    assert "condominium_questionnaire" not in required(application())


@pytest.mark.parametrize(("rate", "needed"), [(7.9, False), (8.0, True), (10.6, True)])
def test_an_employer_in_a_shaky_industry_confirms_the_job(rate: float, needed: bool) -> None:
    assert ("employer_letter" in required(application(unemployment_rate=rate))) is needed
