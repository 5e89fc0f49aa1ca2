"""The contract: what is billed when, in which parts, and what it tolerates."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.evidence.correlation.unit import OrderedLine
from app.money import EXACT, Money
from app.pricing.contract.consolidation import Consolidation
from app.pricing.contract.windows import DemurrageInvoices, InvoicingCalendar


class Trigger(StrEnum):
    """The event on which the contract lets an invoice go out."""

    PICKUP = "pickup"
    DELIVERY = "delivery"
    PROOF_OF_DELIVERY = "proof of delivery"
    SHIP_CONFIRM = "ship confirm"
    PERIOD_CLOSED = "period closed"
    """Of storage."""


ANY_CHARGE = "any"


class AdjustmentStyle(StrEnum):
    """How the customer wants a change of what it was billed."""

    DELTA_ONLY = "delta only"
    """One invoice or credit for the difference."""
    REVERSE_AND_REPOST = "reverse and repost"
    """Everything credited as it was billed, and billed anew."""


class ClaimWindow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Within how many days of its service a charge has to be claimed and billed."""

    charge: str
    """Our charge code, or `any` for those that no other window names."""
    days: int
    source: str
    """The clause that says so."""


class Contract(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One customer's agreement, apart from its prices."""

    customer: str
    name: str
    agreed_in: str
    currency: str
    effective_from: date
    effective_before: date | None = None
    billable_unit: str = "shipment"
    """`shipment`, `order` or, where nothing else is billed, `storage`."""
    trigger: Trigger = Trigger.DELIVERY
    split_held_lines: bool = False
    """Whether a held line may wait while the rest is billed."""
    required_documents: tuple[str, ...] = ()
    customer_po_required: bool = False
    customer_po_pattern: str = ""
    """How its purchase order numbers look: `9` a digit, `A` a letter, else the sign itself."""
    freight_terms_billed: tuple[str, ...] = ()
    """The freight terms under which this customer pays; empty: under any."""
    invoice_profile_required: bool = False
    """Whether channel and addressee of its invoices have to be known."""
    quote_tolerance: Money | None = None
    quantity_tolerance_percent: Decimal = Decimal(0)
    approval_needed_above: Money | None = None
    """Accessorials up to this amount need no approval; None: every one does."""
    only_closed_orders: bool = False
    """Whether an order is billed only once it is closed."""
    rate_confirmation_required: bool = False
    cost_plus: bool = False
    """Whether the price follows the carrier's invoice."""
    margin_floor_percent: Decimal | None = None
    """How much the price has to be above the cost; None: nothing was decided."""
    taxed: bool = False
    """Whether invoices carry tax, for which the place of supply must be known."""
    invoice_fields: tuple[str, ...] = ()
    """What every invoice has to carry: kinds of references, `free_time_start`, `free_time_end`."""
    cutoff_days_after_service: int | None = None
    """Within so many days of the service the customer expects its invoice."""
    waiting_noted_after_minutes: int | None = None
    """Reported waiting beyond this that nobody claims is pointed out; None: it is not."""
    storage_billed: bool = False
    """Whether storage periods are billed beside the billable unit."""
    storage_documents: tuple[str, ...] = ()
    """The documents that the invoice of a storage period needs."""
    claim_windows: tuple[ClaimWindow, ...] = ()
    """Until when a charge, or `any`, may be billed after its service."""
    balance_due_days: int | None = None
    """Within so many days of the first bill a motor carrier bills more; 49 U.S.C. 13710(a)(3)(A)
    has 180. None: the contract is not under that law."""
    demurrage_invoices: DemurrageInvoices | None = None
    invoicing_calendar: InvoicingCalendar | None = None

    adjustments: AdjustmentStyle = AdjustmentStyle.DELTA_ONLY
    """How it wants a change of what was billed."""
    consolidation: Consolidation | None = None
    """How its invoices are gathered into one; None: each goes out by itself."""

    def covers(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.effective_from <= day and (
            self.effective_before is None or day < self.effective_before
        )


def for_storage(contract: Contract) -> Contract:
    """What holds of the contract for a storage period.

    Its papers, its event and its unit are storage's own; what is agreed about freight and
    orders says nothing about stock.
    """
    is_billed = contract.storage_billed or contract.billable_unit == "storage"
    return msgspec.structs.replace(
        contract,
        billable_unit="storage" if is_billed else contract.billable_unit,
        trigger=Trigger.PERIOD_CLOSED,
        required_documents=contract.storage_documents,
        freight_terms_billed=(),
        quote_tolerance=None,
        only_closed_orders=False,
        rate_confirmation_required=False,
        cost_plus=False,
        margin_floor_percent=None,
    )


def required_documents(contract: Contract) -> tuple[str, ...]:
    """What the contract asks for; billing on proof of delivery asks for the proof itself."""
    implied = ("POD",) if contract.trigger is Trigger.PROOF_OF_DELIVERY else ()
    return tuple(dict.fromkeys((*implied, *contract.required_documents)))


def tolerated_missing(line: OrderedLine, contract: Contract | None) -> Decimal | None:
    """How much of an ordered line may be missing: the agreed percentage, exactly."""
    if line.ordered is None:
        return None
    percent = contract.quantity_tolerance_percent if contract else Decimal(0)
    return EXACT.multiply(line.ordered, percent.scaleb(-2))


def fits_pattern(number: str, pattern: str) -> bool:
    """Whether a number looks as agreed, sign by sign; without a pattern any does."""
    return not pattern or (
        len(number) == len(pattern)
        and all(_fits_sign(sign, wanted) for sign, wanted in zip(number, pattern, strict=True))
    )


def _fits_sign(sign: str, wanted: str) -> bool:
    if wanted == "9":
        return sign in "0123456789"
    if wanted == "A":
        return sign.isascii() and sign.isalpha()
    return sign == wanted
