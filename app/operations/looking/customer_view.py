"""What one customer may see: its pending charges, its invoices and its open disputes.

Whatever is loaded is loaded for that customer, and only what `app/reports/customer/view.py` names
leaves this file.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from app.errors import NotFoundError
from app.evidence.correlation.disputes import KnownDispute
from app.evidence.correlation.links import Strength
from app.infrastructure.storage.customer_rows import AfterInvoice
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.trace import FactUsed
from app.operations.house import House
from app.pricing.lines.charge import Unpriced
from app.reports.customer.references import references_of
from app.reports.customer.view import (
    CustomerDispute,
    CustomerInvoice,
    CustomerUnit,
    customer_dispute,
    customer_invoice,
    customer_unit,
    is_theirs,
)
from app.reports.standing.cutoff import open_batch_of
from app.reports.standing.standing import Stage

PENDING = (Stage.MOVING, Stage.HELD, Stage.READY, Stage.CLAIMED)
RECORDS = ("shipment", "order", "withdrawal")
ITS_OWN = (Strength.NAMED.value, Strength.CLAIMED.value)
UNITS_AT_ONCE, INVOICES_AT_ONCE, DISPUTED_AT_ONCE = 10, 10, 10


class CustomerPage(msgspec.Struct, frozen=True, kw_only=True):
    """A part of everything there is of a customer."""

    customer: str
    units: tuple[CustomerUnit, ...]
    after_unit: str
    """Where the next part of the units begins; empty where there is none."""
    invoices: tuple[CustomerInvoice, ...]
    after_invoice: AfterInvoice | None
    disputes: tuple[CustomerDispute, ...]
    after_disputed: str
    """Where the next part of the units with disputes begins; empty where there is none."""
    disputed: int
    """How many units there are in all parts of the disputes."""


class CustomerUnitPage(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of a customer with what was billed for it and what is disputed."""

    customer: str
    unit: CustomerUnit
    invoices: tuple[CustomerInvoice, ...]
    disputes: tuple[CustomerDispute, ...]


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What of a trace is needed here; the rest is not read."""

    facts: tuple[FactUsed, ...]
    unpriced: tuple[Unpriced, ...] = ()
    disputes: tuple[KnownDispute, ...] = ()


class _Known(msgspec.Struct, frozen=True):
    """A current decision with its trace."""

    decision: Decision
    trace: _Seen


def customer_page(
    house: House,
    customer: str,
    *,
    after_unit: str = "",
    after_invoice: AfterInvoice | None = None,
    after_disputed: str = "",
) -> CustomerPage:
    """The customer's pending charges, invoices and open disputes."""
    with house.database.reading(house.tenant) as store:
        rows = store.customer_rows
        units = rows.units(customer, PENDING, after_unit, UNITS_AT_ONCE + 1)
        invoices = rows.numbered(customer, after_invoice, INVOICES_AT_ONCE + 1)
        disputed = rows.disputed_units(customer, after_disputed, DISPUTED_AT_ONCE + 1)
        in_parts = bool(after_disputed) or len(disputed) > DISPUTED_AT_ONCE
        last = invoices[INVOICES_AT_ONCE - 1] if len(invoices) > INVOICES_AT_ONCE else None
        shown, of_disputes = units[:UNITS_AT_ONCE], disputed[:DISPUTED_AT_ONCE]
        known = {
            each.decision.unit: each for each in _theirs(store, customer, {*shown, *of_disputes})
        }
        theirs = tuple(known[unit] for unit in shown if unit in known)
        return CustomerPage(
            customer=customer,
            units=_units(house, store, customer, theirs, itemised=False),
            after_unit=_behind(units, UNITS_AT_ONCE),
            invoices=tuple(map(customer_invoice, invoices[:INVOICES_AT_ONCE])),
            after_invoice=AfterInvoice(last.claimed_at, last.release_id) if last else None,
            disputes=tuple(_disputes(known[unit] for unit in of_disputes if unit in known)),
            after_disputed=_behind(disputed, DISPUTED_AT_ONCE),
            disputed=rows.disputed(customer) if in_parts else len(disputed),
        )


def _behind(units: Sequence[str], at_once: int) -> str:
    """Behind which unit the next part begins; empty where there are no more."""
    return units[at_once - 1] if len(units) > at_once else ""


def customer_unit_page(house: House, customer: str, unit: str) -> CustomerUnitPage:
    """One unit of the customer.

    Raises:
        NotFoundError: there is none of that name, or it is not certainly this customer's.
    """
    with house.database.reading(house.tenant) as store:
        known = tuple(_theirs(store, customer, [unit]))
        if not known:
            raise NotFoundError(f"there is no unit {unit}")
        billed = store.standings.of_unit(unit).invoices
        return CustomerUnitPage(
            customer=customer,
            unit=_units(house, store, customer, known, itemised=True)[0],
            invoices=tuple(
                customer_invoice(each)
                for each in billed
                if each.number and each.customer == customer
            ),
            disputes=tuple(_disputes(known)),
        )


def _theirs(store: Store, customer: str, units: Collection[str]) -> Iterator[_Known]:
    """Those of the units that are certainly the customer's."""
    for body, trace in store.decisions.bodies_of(units, customer).values() if units else ():
        decision = msgspec.json.decode(body, type=Decision)
        if is_theirs(decision, customer):
            yield _Known(decision, msgspec.json.decode(trace, type=_Seen))


def _units(
    house: House, store: Store, customer: str, known: tuple[_Known, ...], *, itemised: bool
) -> tuple[CustomerUnit, ...]:
    """The units in words; their own records are read at once for all of them."""
    units = [each.decision.unit for each in known]
    records = [tuple(_own_records(each.trace)) for each in known]
    facts = store.facts.by_id([fact_id for ids in records for fact_id in ids])
    standings = store.standings.standing_of(units)
    moment = house.now()
    return tuple(
        customer_unit(
            each.decision,
            references=references_of(each.decision.unit, customer, (facts[i] for i in ids)),
            is_complete=not each.trace.unpriced,
            batch_on=open_batch_of(standings.get(each.decision.unit), moment),
            itemised=itemised,
        )
        for each, ids in zip(known, records, strict=True)
    )


def _own_records(trace: _Seen) -> Iterator[str]:
    """The records that the decision found to be the unit's own, nothing doubtful or shared."""
    for fact in trace.facts:
        if fact.entity in RECORDS and fact.linked.partition(":")[0] in ITS_OWN:
            yield fact.fact_id


def _disputes(known: Iterable[_Known]) -> Iterator[CustomerDispute]:
    for each in known:
        for dispute in each.trace.disputes:
            if dispute.open:
                yield customer_dispute(each.decision, dispute)
