"""What is known of a mortgage application, and what each graph finds out about it.

Light: workflow code imports this module. Every model is frozen and refuses fields that it does not have, so an
attribute that a lender must not decide on (race, marital status, schooling) has no way in.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Frozen, and an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LoanApplication(Model):
    """What the applicant filed. Ratios are fractions: 0.33 is 33 %."""

    application_id: str = Field(min_length=1)
    file_number: int = Field(ge=1)
    """By which the credit bureau and the appraiser know the file."""
    contact: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    """The applicant's mail address."""
    debt_ratio: float = Field(ge=0)
    """All debt payments over income."""
    housing_ratio: float = Field(ge=0)
    """Housing expense over income."""
    self_employed: bool
    unemployment_rate: float = Field(ge=0)
    """Percent, in the industry in which the applicant works."""
    mortgage_insurance_denied: bool
    condominium: bool


class DocumentCheck(Model):
    """Result of `check_documents`."""

    complete: bool = False
    missing: list[str] = Field(default_factory=list)
    reminders: int = 0
    """How many were sent."""


class CreditAssessment(Model):
    """Result of `assess_credit`."""

    on_file: bool = False
    """Whether the bureau knows the applicant. If not, the histories are None."""
    consumer_history: int | None = None
    """1 (no slow payments) to 6 (serious delinquency)."""
    mortgage_history: int | None = None
    """1 (no late payments) to 4 (more than two late payments)."""
    public_record: bool | None = None
    """Whether there is a public record of bad credit, such as a bankruptcy."""
    ratios_consistent: bool = True
    """Whether all debt payments together are at least the housing expense that is part of them."""


class AppraisalReport(Model):
    """Payload of the event `appraisal_report`."""

    order: str
    """The key under which the appraisal was ordered."""
    loan_to_value: float = Field(gt=0)
    """Loan over assessed value."""


class Appraisal(Model):
    """Result of `appraise_property`."""

    loan_to_value: float | None = None
    """None: no report came, not even after another order."""
    orders: int = 0
    """How many appraisals were ordered."""


class Finding(Model):
    """One thing that speaks against a loan."""

    rule: str
    points: int
    reason: str


class Recommendation(Model):
    """Result of `recommend`."""

    decision: Literal["approve", "refer", "deny"] = "refer"
    points: int = 0
    findings: list[Finding] = Field(default_factory=list)
    """The heaviest first."""


class UnderwriterDecision(Model):
    """The form that a human underwriter fills in."""

    rationale: str = Field(min_length=1)
    conditions: list[str] = Field(default_factory=list)
    """What the applicant must still do, when the loan is approved."""


class Verdict(Model):
    """What the applicant is told, and input of `write_letter`."""

    outcome: Literal["approved", "denied", "incomplete"]
    decided_by: str
    """`rules`, or who decided on the referral."""
    reasons: list[str] = Field(default_factory=list)
    conditions: list[str] = Field(default_factory=list)


class Letter(Model):
    """Result of `write_letter`."""

    subject: str = ""
    text: str = ""
    worded_by: str = "template"
    """`template`, or the chat model that worded the greeting."""


class Mail(Model):
    """Input of the activity `send_letter`."""

    key: str
    """Identifies the mail over all attempts to send it."""
    to: str
    subject: str
    text: str


class LoanDecision(Model):
    """Result of the workflow `MortgageUnderwriting`."""

    application_id: str
    outcome: Literal["approved", "denied", "incomplete"]
    decided_by: str
    recommended: Literal["approve", "refer", "deny"] | None = None
    """None: the file was closed before there was anything to recommend."""
    points: int | None = None
    reasons: list[str] = Field(default_factory=list)
    conditions: list[str] = Field(default_factory=list)
    reminders: int = 0
    appraisals_ordered: int = 0
    message_id: str
    """Of the letter."""
