"""What one customer may see of its own units: built by naming what is shown, never what is not.

These structs have fields for what a customer may see and no others, so that whatever a decision
learns to say later stays inside. No cost, margin, owner, rule, actor, note or source is among them,
and nothing that names another customer.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from app.evidence.correlation.disputes import KnownDispute
from app.evidence.facts.dispute import DisputeReason, DisputeState
from app.family.document import DocumentKind
from app.judgement.decision import DecidedLine, Decision, Hold
from app.judgement.verdict import Verdict
from app.money import Money, of_minor_units, total
from app.pricing.lines.charge import Charge
from app.reports.customer.charges import working_for_customer
from app.reports.customer.references import CustomerReference
from app.reports.customer.waits import is_checked, wait_for
from app.reports.standing.standing import BilledInvoice

INVOICES: Mapping[DocumentKind, str] = {
    DocumentKind.FINAL: "Invoice",
    DocumentKind.PROVISIONAL: "Provisional invoice",
    DocumentKind.SUPPLEMENTAL: "Supplemental invoice",
    DocumentKind.CREDIT: "Credit",
    DocumentKind.REBILL: "Invoice, billed anew",
}
REASONS: Mapping[DisputeReason, str] = {
    DisputeReason.RATE: "the rate",
    DisputeReason.WEIGHT: "the weight",
    DisputeReason.ACCESSORIAL_NOT_ORDERED: "an extra service that was not ordered",
    DisputeReason.DUPLICATE: "billed twice",
    DisputeReason.SERVICE_FAILURE: "a failure of service",
    DisputeReason.DAMAGE: "damage",
    DisputeReason.MISSING_DOCUMENT: "a missing document",
    DisputeReason.OTHER: "something else",
}
UNSETTLED_CREDITS = frozenset(
    {"DISPUTE_CREDIT_UNAPPROVED", "DISPUTE_EXCEEDS_LINE", "DISPUTE_UNCLEAR"}
)
"""While one of these is open, what is to be credited is not promised to anybody."""


class CustomerCharge(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it would stand on the invoice."""

    description: str
    amount: Money
    working: tuple[str, ...] = ()
    """Sentences; none where the working is not the customer's to see."""
    clause: str = ""
    """Where it was agreed."""
    waits: bool = False
    """Whether it is kept back while the rest goes out."""


class CustomerWait(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing, and who brings it."""

    what: str
    whom: str
    about: str = ""
    """The charge it is about; empty where it is about the whole unit."""


class CustomerUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What is going to be billed for one unit, and what that waits for."""

    unit: str
    title: str
    """`Shipment NS10404`."""
    references: tuple[CustomerReference, ...] = ()
    charges: tuple[CustomerCharge, ...] = ()
    """None in a list of units."""
    total: Money | None = None
    """What its charges come to; None where nothing has a price yet."""
    is_complete: bool = True
    """Whether everything has a price: else the total is only what is known so far."""
    waits: tuple[CustomerWait, ...] = ()
    checking: bool = False
    """Whether there is something that we have to sort out."""
    says: str
    """How it stands, as a sentence."""
    expected: str
    """When it will be billed, as a sentence; empty where it was billed."""


class CustomerInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice or credit that went out."""

    number: str
    what: str
    unit: str
    title: str
    on: date
    amount: Money


class CustomerDispute(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute of the customer that is open."""

    dispute: str
    unit: str
    title: str
    about: str
    """The charge."""
    reason: str
    claimed: Money
    opened_on: date
    says: str
    """How it stands."""


def is_theirs(decision: Decision, customer: str) -> bool:
    """Whether the unit is certainly this customer's and nobody else's.

    Where sources disagree about the customer, or somebody else may pay, it is shown to nobody.
    """
    doubtful = any(
        hold.code == "BILL_TO_UNRESOLVED" or hold.subject == "conflict:customer"
        for hold in decision.holds
    )
    return bool(customer) and decision.customer == customer and not doubtful


def customer_unit(
    decision: Decision,
    *,
    references: Sequence[CustomerReference],
    is_complete: bool,
    batch_on: date | None,
    itemised: bool = True,
) -> CustomerUnit:
    """One unit of the customer it is decided for.

    Args:
        decision: the current one, of which `is_theirs` is true.
        references: as `customer_references` reads them.
        is_complete: whether nothing of it lacks a price.
        batch_on: the customer's day on which the batch that it belongs to closes, as long as
            that is to come.
        itemised: whether its charges are told with their working, and not only what they come to.
    """
    lines = tuple(line for line in decision.lines if _is_shown(line, decision))
    waits = tuple(dict.fromkeys(_waits(decision)))
    checking = any(_is_open(hold) and is_checked(hold.code) for hold in decision.holds)
    amounts = [line.charge.amount for line in lines]
    return CustomerUnit(
        unit=decision.unit,
        title=title_of(decision.unit),
        references=tuple(references),
        charges=tuple(_charge(line, decision) for line in lines) if itemised else (),
        total=total(amounts, amounts[0].currency) if amounts else None,
        is_complete=is_complete,
        waits=waits,
        checking=checking,
        says=_says(decision, waits=bool(waits), checking=checking),
        expected=_expected(decision, bool(waits) or checking, batch_on),
    )


def title_of(unit: str) -> str:
    """`Shipment NS10404`, of `shipment:NS10404`."""
    kind, _, number = unit.partition(":")
    return f"{kind.capitalize()} {number}"


def customer_invoice(billed: BilledInvoice) -> CustomerInvoice:
    """An invoice that has a number: what it is ahead of and who claimed it stays inside."""
    assert billed.number, "without a number it has not gone out"
    assert billed.invoiced_on is not None, "a number is told on a day"
    return CustomerInvoice(
        number=billed.number,
        what=INVOICES[DocumentKind(billed.kind)],
        unit=billed.unit,
        title=title_of(billed.unit),
        on=billed.invoiced_on,
        amount=of_minor_units(billed.amount_minor, billed.currency),
    )


def customer_dispute(decision: Decision, known: KnownDispute) -> CustomerDispute:
    """An open dispute; who works on it and what is being thought of it stays inside."""
    lines = [line for line in decision.lines if line.key == known.line]
    answered = known.state is not DisputeState.OPENED
    return CustomerDispute(
        dispute=known.dispute,
        unit=decision.unit,
        title=title_of(decision.unit),
        about=lines[0].charge.description if lines else "",
        reason=REASONS[known.reason],
        claimed=known.claimed,
        opened_on=known.times.opened_at.date(),
        says="We have answered, and it is still open." if answered else "We are looking into it.",
    )


def _is_shown(line: DecidedLine, decision: Decision) -> bool:
    """A credit that is not approved is promised to nobody; of what was billed nothing pends."""
    if decision.billed_before is not None:
        return False
    unsettled = any(hold.code in UNSETTLED_CREDITS for hold in decision.holds)
    return not (line.charge.of_dispute and unsettled)


def _charge(line: DecidedLine, decision: Decision) -> CustomerCharge:
    charge = line.charge
    return CustomerCharge(
        description=charge.description,
        amount=charge.amount,
        working=_working(charge, tuple(each.charge for each in decision.lines)),
        clause=charge.clause,
        waits=not line.billed,
    )


def _working(charge: Charge, every: Sequence[Charge]) -> tuple[str, ...]:
    if charge.tax is not None:
        taxed = charge.tax
        return (f"It is {taxed.percent.normalize():f}% {taxed.tax} on {taxed.taxable}.",)
    return working_for_customer(charge, every)


def _is_open(hold: Hold) -> bool:
    """Whether something waits because of it, even where the invoice goes out ahead of it."""
    return hold.blocks or hold.on_line


def _waits(decision: Decision) -> Iterator[CustomerWait]:
    titles = {
        f"charge:{line.key}": line.charge.description
        for line in decision.lines
        if _is_shown(line, decision)
    }
    for hold in decision.holds:
        wait = wait_for(hold.code, hold.subject) if _is_open(hold) else None
        if wait is not None:
            about = titles.get(hold.subject, "")
            yield CustomerWait(what=wait.what, whom=wait.whom, about=about)


def _says(decision: Decision, *, waits: bool, checking: bool) -> str:
    """The same sentence whether a hidden hold is open or none."""
    match decision.verdict:
        case Verdict.NO_BILL:
            return "Nothing is billed for it."
        case Verdict.BILLED:
            return "It was billed."
        case Verdict.CREDIT:
            return "It was billed, and a credit is being prepared."
        case Verdict.PROVISIONAL if decision.billed_before is not None:
            return "It was billed provisionally; the final amount follows."
        case Verdict.RELEASE | Verdict.PROVISIONAL | Verdict.HOLD:
            return _waiting(decision, waits=waits, checking=checking)


def _waiting(decision: Decision, *, waits: bool, checking: bool) -> str:
    if decision.billed_before is not None:
        return "It was billed."
    if decision.verdict is Verdict.HOLD and waits:
        return "It is not billed yet; something is still missing."
    if decision.verdict is Verdict.HOLD and checking:
        return "It is not billed yet; we are checking it."
    if decision.verdict is Verdict.PROVISIONAL:
        return "We are preparing a provisional invoice; the final amount follows."
    return "We are preparing the invoice."


def _expected(decision: Decision, something_open: bool, batch_on: date | None) -> str:
    if decision.billed_before is not None or decision.verdict is Verdict.NO_BILL:
        return ""
    of_batch = f"with the invoices that close on {batch_on}"
    when = of_batch if batch_on is not None else "with the next invoices"
    if decision.verdict is Verdict.HOLD and something_open:
        return f"It is expected {when}, once nothing is missing."
    return f"It is expected {when}."
