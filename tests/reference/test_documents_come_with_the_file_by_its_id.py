from graphs.documents import enclosed, required
from tests.reference.cases import application


def test_the_same_application_comes_with_the_same_documents() -> None:
    assert enclosed(application(application_id="boston-0042")) == enclosed(application(application_id="boston-0042"))


def test_about_one_document_in_twelve_is_forgotten() -> None:
    files = [application(application_id=f"boston-{number:04d}") for number in range(1, 2001)]
    asked = sum(len(required(file)) for file in files)
    came = sum(len(enclosed(file)) for file in files)
    assert 0.07 < 1 - came / asked < 0.10
