"""Disputes: what a customer says against a line of its invoice, and what was agreed about it."""

from enum import StrEnum

import msgspec

from app.measures import Instant
from app.money import Money, payable


class DisputeReason(StrEnum):
    """What is said to be wrong with the line; `other` says so in its text."""

    RATE = "rate"
    WEIGHT = "weight"
    ACCESSORIAL_NOT_ORDERED = "accessorial_not_ordered"
    DUPLICATE = "duplicate"
    SERVICE_FAILURE = "service_failure"
    DAMAGE = "damage"
    MISSING_DOCUMENT = "missing_document"
    OTHER = "other"


class DisputeState(StrEnum):
    """How far it has come; opened once more after it was resolved it is open again."""

    OPENED = "opened"
    ANSWERED = "answered"
    RESOLVED = "resolved"


class DisputeOutcome(StrEnum):
    """What it was resolved into."""

    NONE = "none"
    CREDITED = "credited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Dispute(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="dispute",
    tag_field="entity",
):
    """One word on a dispute about one charge line. Natural key: `dispute`.

    Each step is a word of its own with its own moment (the fact's `occurred_at`); a word that
    supersedes another one takes it back, and with it the time it stood for.
    """

    dispute: str
    charge: str
    """The charge code of the line: detention, linehaul, ..."""
    subject: str = ""
    """The service event the line bills, as on the invoice; empty where it bills none."""
    shipment: str | None = None
    order: str | None = None
    storage_period: str | None = None
    """By exactly one of these three it is known whose line it is."""
    invoice: str = ""
    """What the billing system calls the invoice, for people: it leads nowhere."""
    reason: DisputeReason
    text: str = ""
    amount: Money
    """What is claimed back of the line, before tax."""
    state: DisputeState
    outcome: DisputeOutcome = DisputeOutcome.NONE
    granted: Money | None = None
    """What is credited of the line, before tax."""
    answered_at: Instant | None = None
    """When the customer had its first answer, where that was another moment than this word's."""
    resolved_by: str = ""
    """The person who granted or rejected it."""
    authority: str = ""
    """In what capacity: billing_clerk, billing_manager, finance, ..."""

    def __post_init__(self) -> None:
        """Refuse a dispute of no line, and a step that says more or less than it has to."""
        if sum(map(bool, (self.shipment, self.order, self.storage_period))) != 1:
            raise ValueError(
                "a dispute names the one shipment, order or storage period whose line it is about; "
                "the number of an invoice does not lead to it"
            )
        if not self.charge:
            raise ValueError("a dispute names the charge of its line: linehaul, detention, ...")
        _refuse_amount("claimed", self.amount)
        if self.reason is DisputeReason.OTHER and not self.text.strip():
            raise ValueError("the reason `other` needs a text that says what is wrong")
        if (self.state is DisputeState.RESOLVED) != (self.outcome is not DisputeOutcome.NONE):
            raise ValueError("an outcome stands where a dispute is resolved, and only there")
        if self.state is DisputeState.OPENED and self.answered_at is not None:
            raise ValueError("what was just opened has not been answered")
        self._refuse_outcome()

    def _refuse_outcome(self) -> None:
        if (self.outcome is DisputeOutcome.CREDITED) != (self.granted is not None):
            raise ValueError("what is granted stands where a dispute is credited, and only there")
        if self.granted is not None:
            _refuse_amount("granted", self.granted)
            if self.granted.currency != self.amount.currency:
                raise ValueError(f"of {self.amount} nobody grants {self.granted}")
        decided = self.outcome in {DisputeOutcome.CREDITED, DisputeOutcome.REJECTED}
        if decided and not (self.resolved_by.strip() and self.authority.strip()):
            raise ValueError("who grants or rejects says so in `resolved_by` and `authority`")

    @property
    def line(self) -> str:
        """The key of the charge line: the charge, and the service event it bills."""
        return f"{self.charge}/{self.subject}" if self.subject else self.charge


def _refuse_amount(name: str, money: Money) -> None:
    """Raise ValueError for what no credit can pay out."""
    payable(money.amount, money.currency)
    if money.amount <= 0:
        raise ValueError(f"{money} is {name}; it must be more than zero")
