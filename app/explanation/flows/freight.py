"""Order to ship, and ship to invoice: what was told of each step, and what the next waits for."""

from collections.abc import Iterable

from app.evidence.correlation.journey import Journey
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, DocumentStatus
from app.explanation.flows.known import Known, Ledger, waiting_on
from app.explanation.flows.stage import Flow, Step, Waiting, stages_of
from app.family.document import DocumentKind
from app.judgement.verdict import Verdict

ORDER_TO_SHIP, SHIP_TO_INVOICE = "order_to_ship", "ship_to_invoice"

PICKUP = ("PICKUP_NOT_CONFIRMED",)
SHIPPING = ("SHIP_CONFIRM_MISSING", "PARTIAL_SHIPMENT_OPEN", "QTY_MISMATCH")
DELIVERY = ("DELIVERY_NOT_CONFIRMED",)
PROOF = ("POD_MISSING", "POD_UNSIGNED_OR_EXCEPTION", "DOC_SET_INCOMPLETE")
RATING = (
    "RATE_NOT_FOUND",
    "RATE_AMBIGUOUS",
    "RATE_EXPIRED_OR_FUTURE",
    "FSC_INDEX_MISSING",
    "FX_RATE_MISSING",
    "MILEAGE_SOURCE_MISSING",
    "ALLOCATION_WITHOUT_WEIGHTS",
    "DETENTION_FAULT_UNKNOWN",
    "TAX_DATA_MISSING",
)
"""Holds that stand on one step; every hold stands on the decision."""


def order_to_ship(known: Known) -> Flow:
    """From the order until the goods are where they should be, or have left the warehouse."""
    steps = (_ordered(known), *(() if _of(known, "order", "storage") else (_tendered(known),)))
    return _flow(ORDER_TO_SHIP, known, (*steps, *_moved(known)))


def ship_to_invoice(known: Known) -> Flow:
    """From the moment the service is rendered until it is paid."""
    proof = () if _of(known, "order", "storage") else (_proof(known),)
    return _flow(SHIP_TO_INVOICE, known, (*_moved(known), *proof, *_billed(known)))


def _flow(name: str, known: Known, steps: tuple[Step, ...]) -> Flow:
    return Flow(flow=name, subject=known.unit.unit, stages=stages_of(steps))


def _of(known: Known, *kinds: str) -> bool:
    return known.unit.kind in kinds


def _ordered(known: Known) -> Step:
    orders = (fact for fact in known.unit.facts.values() if isinstance(fact.said, Order))
    return Step(
        name="ordered",
        acts=known.acts(orders)[:1],
        otherwise=Waiting(waits_for="an order", owner="customer service"),
        needed=not _of(known, "storage"),
    )


def _tendered(known: Known) -> Step:
    tendered = (fact for fact in known.unit.facts.values() if _is_tender(fact))
    return Step(
        name="tendered",
        acts=known.acts(tendered),
        otherwise=Waiting(waits_for="a tender that a carrier accepts (204, 990)", owner="ops"),
    )


def _is_tender(fact: Fact) -> bool:
    said = fact.said
    if isinstance(said, Shipment):
        return said.status in {"tendered", "accepted"}
    if isinstance(said, Milestone):
        return said.status is MilestoneStatus.TENDER_ACCEPTED
    return isinstance(said, Cost) and said.kind is CostKind.TENDERED


def _moved(known: Known) -> tuple[Step, ...]:
    journey = Journey(known.unit)
    if _of(known, "storage"):
        closed = known.unit.storage_periods if journey.stored_until else ()
        waiting = Waiting(waits_for="the period's closure", owner="warehouse")
        return (_told("stored", known, closed, (), waiting),)
    if _of(known, "order"):
        confirmation = Waiting(waits_for="a ship confirmation (945)", owner="warehouse")
        return (_told("shipped", known, journey.ship_confirmed, SHIPPING, confirmation),)
    pickup = Waiting(waits_for="an actual pickup milestone (214 AF or CP)", owner="carrier desk")
    arrival = Waiting(waits_for="an actual delivery milestone (214 D1)", owner="carrier desk")
    gone = (*journey.picked_up, *journey.ship_confirmed)
    return (
        _told("picked up", known, gone, (*PICKUP, *SHIPPING), pickup),
        _told("delivered", known, journey.delivered, DELIVERY, arrival),
    )


def _told(
    name: str, known: Known, facts: Iterable[Fact], codes: tuple[str, ...], waiting: Waiting
) -> Step:
    return Step(name=name, acts=known.acts(facts), held=known.held_by(codes), otherwise=waiting)


def _proof(known: Known) -> Step:
    papers = (
        fact
        for fact in known.unit.documents
        if isinstance(fact.said, Document)
        and fact.said.document_type == "POD"
        and fact.said.status is DocumentStatus.ACCEPTED
        and fact.classifier is Classifier.ACTUAL
    )
    waiting = Waiting(waits_for="an accepted POD document", owner="carrier desk")
    return _told("proof", known, papers, PROOF, waiting)


def _billed(known: Known) -> tuple[Step, ...]:
    current = known.current
    unbilled = current is not None and current.decision.verdict is Verdict.NO_BILL
    rated = current is not None and current.decision.total is not None
    later = [each.release for each in known.followed]
    numbered = [each.invoice for each in known.followed if each.invoice]
    return (
        Step(
            name="rated",
            acts=(current.act,) if current and rated else (),
            held=known.held_by(RATING),
            otherwise=Waiting(waits_for="a price for every charge", owner="pricing"),
            needed=not unbilled,
        ),
        _decided(known),
        Step(
            name="released",
            acts=(known.release, *later) if known.release else (),
            otherwise=Waiting(waits_for="a claim by the release's token", owner="billing"),
            needed=not unbilled,
        ),
        Step(
            name="invoiced",
            acts=(*known.sendings, known.invoice, *numbered) if known.invoice else (),
            held=_unsent(known) or _unnumbered(known),
            otherwise=Waiting(waits_for="the number of its invoice", owner="billing"),
            needed=not unbilled,
        ),
        _paid(known, needed=not unbilled),
    )


def _decided(known: Known) -> Step:
    current = known.current
    waits = current is not None and current.decision.verdict is Verdict.HOLD
    blocking = [hold for hold in current.decision.holds if hold.stands] if current else []
    return Step(
        name="decided",
        acts=(current.act,) if current else (),
        # What was released is decided, whatever has come since: that is for the next invoice.
        held=waiting_on(blocking, current) if current and waits and not known.release else None,
        otherwise=Waiting(waits_for="a decision about the unit", owner="billing"),
    )


def _unsent(known: Known) -> Waiting | None:
    """What is on its way to a billing system and has not come back with a number."""
    if known.invoice is not None or not known.sendings:
        return None
    told = "; ".join(f"to {each.by} {each.says}" for each in known.sendings)
    since = known.release.at if known.release else None
    return Waiting(waits_for=f"the number of its invoice: {told}", owner="billing", since=since)


def _unnumbered(known: Known) -> Waiting | None:
    """A later document of the family that the billing system has given no number yet."""
    if known.invoice is None:
        return None
    open_ = [each for each in known.followed if each.invoice is None]
    if not open_:
        return None
    kinds = ", ".join(each.kind.value for each in open_)
    since = open_[0].release.at
    return Waiting(waits_for=f"the number of its {kinds}", owner="billing", since=since)


def _paid(known: Known, *, needed: bool) -> Step:
    """Whether every invoice of the family is paid; a credit is owed by us."""
    later = [each.ledger for each in known.followed if each.kind is not DocumentKind.CREDIT]
    ledgers = [ledger for ledger in (known.ledger, *later) if not _is_cancelled(ledger)]
    last = [ledger[-1] for ledger in ledgers if ledger]
    due = [each for each in last if each[0].state == "posted"]
    paid = tuple(act for said, act in last if said.state == "paid")
    held = None
    if due:
        owed = "; ".join(f"{said.amount_due} of {said.amount} still due" for said, _ in due)
        held = Waiting(waits_for=owed, owner="receivables", since=due[0][1].at)
    return Step(
        name="paid",
        acts=paid if len(paid) == len(ledgers) else (),
        held=held,
        otherwise=Waiting(waits_for="payment", owner="receivables"),
        needed=needed and bool(ledgers) and not known.credited,
    )


def _is_cancelled(ledger: Ledger) -> bool:
    return bool(ledger) and ledger[-1][0].state == "cancelled"
