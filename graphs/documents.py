"""Which documents a mortgage file needs, and which of them came with it."""

import hashlib

from graphs.application import LoanApplication

BASIC = ("identification", "purchase_contract", "bank_statements")
EMPLOYED = ("pay_stubs", "wage_statement")
SELF_EMPLOYED = ("tax_return_last_year", "tax_return_year_before", "profit_and_loss_statement")
CONDOMINIUM = "condominium_questionnaire"
EMPLOYER_LETTER = "employer_letter"

SHAKY_INDUSTRY_PERCENT = 8.0
"""From this unemployment rate on, an employer must confirm the job."""
FORGOTTEN_OF_256 = 22
"""How often an applicant forgets a document: of 256 times, 22."""


def required(application: LoanApplication) -> list[str]:
    """The documents that the file needs.

    | who | documents |
    | --- | --- |
    | everybody | identification, purchase contract, bank statements |
    | employed | pay stubs, wage statement |
    | employed where unemployment is 8 % or more | a letter from the employer |
    | self-employed | tax returns of two years, profit and loss statement |
    | condominium | the association's questionnaire |
    """
    documents = [*BASIC, *(SELF_EMPLOYED if application.self_employed else EMPLOYED)]
    if application.unemployment_rate >= SHAKY_INDUSTRY_PERCENT and not application.self_employed:
        documents.append(EMPLOYER_LETTER)
    if application.condominium:
        documents.append(CONDOMINIUM)
    return documents


def enclosed(application: LoanApplication) -> list[str]:
    """The required documents that came with the application.

    The public data says nothing about documents, so each is in or out by a hash of the application's id and its name:
    the same on every machine, and as forgetful as people are.
    """
    return [document for document in required(application) if not _forgotten(application.application_id, document)]


def missing(application: LoanApplication, received: list[str]) -> list[str]:
    """The required documents that are not among `received`."""
    return [document for document in required(application) if document not in received]


def _forgotten(application_id: str, document: str) -> bool:
    return hashlib.sha256(f"{application_id} {document}".encode()).digest()[0] < FORGOTTEN_OF_256
