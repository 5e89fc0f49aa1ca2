"""What money hangs on: accessorials claimed, carriers' costs, approvals granted."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.evidence.facts.party import Place
from app.measures import Instant, Weight, refuse_nonsense
from app.money import Money


class Accessorial(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="accessorial",
    tag_field="entity",
):
    """An extra service somebody says was rendered. Natural key: `accessorial`."""

    accessorial: str
    charge: str
    """Our charge code: detention, liftgate, lumper, ..."""
    stop: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    """`each`, `minute`, `hour`, `day`; of a declared value its currency: `USD`."""
    claimed_by: str | None = None
    evidence: tuple[str, ...] = ()
    """Documents that show it."""
    free_time_starts_at: Instant | None = None
    free_time_ends_at: Instant | None = None
    """46 CFR 541.6 asks for both on an invoice for demurrage or detention."""
    reason: str = ""
    """Why it is claimed, where a person raised it."""

    def __post_init__(self) -> None:
        """Refuse a quantity nobody can claim."""
        if self.quantity is not None:
            refuse_nonsense("quantity", self.quantity)


class CostKind(StrEnum):
    """How firm a carrier's cost is."""

    TENDERED = "tendered"
    ACCRUED = "accrued"
    INVOICED = "invoiced"


class CostLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One line of a carrier's bill; `raw_code` is the partner's own charge code."""

    line: str
    charge: str
    """Our charge code, or `unmapped`."""
    amount: Money
    raw_code: str = ""
    description: str = ""
    service_from: date | None = None
    service_to: date | None = None
    """The days on which an extra service was rendered, both inclusive."""


class Cost(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="cost",
    tag_field="entity",
):
    """What a carrier asks of us for the move; never what the customer owes.

    Natural key: kind, carrier, number and bill type.
    """

    kind: CostKind
    carrier: str
    number: str
    """The carrier's invoice number, or the tender's."""
    bill_type: str = "original"
    """X12 element 202 in words: original, balance_due, adjustment, correction, rebill, cancelled,
    past_due; `supplemental` for extra services alone."""
    total: Money
    lines: tuple[CostLine, ...] = ()
    invoiced_on: date | None = None
    weight: Weight | None = None
    destination: Place | None = None


class Outcome(StrEnum):
    """What a person decided about an extra charge, in so many words."""

    GRANTED = "granted"
    REJECTED = "rejected"
    """It is not owed."""
    WAIVED = "waived"
    """It is owed, and we give it up; or what the facts show is not billable."""


class Approval(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="approval",
    tag_field="entity",
):
    """A person allowed (or refused) a charge. Natural key: `approval`."""

    approval: str
    subject: str
    """The accessorial id it is about, or a charge code for the whole unit; of what a carrier
    asks its invoice's number or `cost variance`, of an accrual its number."""
    granted: bool
    approver: str
    authority: str
    """In what capacity: customer, ops_manager, ..."""
    up_to: Money | None = None
    expires_at: Instant | None = None
    outcome: Outcome | None = None
    """Rejected or waived, it is not billed; `granted: false` alone leaves it waiting."""
    reason: str = ""
    """Why; whoever rejects or waives has one."""

    def __post_init__(self) -> None:
        """Refuse two answers in one, and a charge given up by nobody or for no reason."""
        if self.outcome is None:
            return
        if self.granted != (self.outcome is Outcome.GRANTED):
            raise ValueError(f"granted is {self.granted} and the outcome is {self.outcome.value}")
        if not self.granted and not (self.reason.strip() and self.approver.strip()):
            raise ValueError(f"{self.outcome.value} needs an approver and a reason")
