"""A billable unit: all that its facts say about it, folded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.evidence.correlation.acts import OPENS_DISPUTES, may, may_act
from app.evidence.correlation.authority import Attribute, Authority, Value, settle
from app.evidence.correlation.copies import standing_papers
from app.evidence.correlation.packages import OWNER, MeasuredPackage, packages_of
from app.evidence.correlation.told import natural_key, rank, shipped_confirmations, told_in
from app.evidence.facts.dispute import Dispute
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Stop
from app.evidence.facts.money import Accessorial, Approval, Cost
from app.evidence.facts.order import Order, OrderLine
from app.evidence.facts.papers import Document, ExceptionReport
from app.evidence.facts.party import Customer
from app.evidence.facts.warehouse import (
    Disposition,
    InventoryMovement,
    ShippedLine,
    StoragePeriod,
    WarehouseShipment,
    WorkOrder,
)
from app.evidence.facts.work import Waiver


class OrderedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One item across order and warehouse; None where nobody has said."""

    line: str
    item: str
    ordered: Decimal | None
    shipped: Decimal | None
    unit: str
    disposition: Disposition | None
    fact_ids: tuple[str, ...]


class StopTimes(msgspec.Struct, frozen=True, kw_only=True):
    """One stop with its agreed window and what the truck did there."""

    stop: str
    planned: Stop | None
    actual: Stop | None
    arrived: Fact | None
    """The milestone that reports arrival, where no stop record does."""
    departed: Fact | None
    fact_ids: tuple[str, ...]
    notified: Fact | None = None


class BillableUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What is released or held, as all its sources describe it."""

    unit: str
    facts: Mapping[str, Fact]
    """Every fact that belongs to it, by id."""
    attributes: Mapping[str, Attribute]
    milestones: tuple[Fact, ...]
    documents: tuple[Fact, ...]
    accessorials: tuple[Fact, ...]
    costs: tuple[Fact, ...]
    approvals: tuple[Fact, ...]
    exceptions: tuple[Fact, ...]
    work_orders: tuple[Fact, ...]
    warehouse_shipments: tuple[Fact, ...]
    packages: tuple[MeasuredPackage, ...] = ()
    customers: tuple[Fact, ...]
    lines: tuple[OrderedLine, ...]
    stops: tuple[StopTimes, ...]
    movements: tuple[Fact, ...] = ()
    """Of a storage period: all stock movements before its end, from the first one on."""
    storage_periods: tuple[Fact, ...] = ()
    """What each source says of the storage period."""
    owned_acts: frozenset[str]
    """Documents, approvals, customer data and words on disputes told by a system that may."""
    disputes: tuple[Fact, ...] = ()
    """Every word on a dispute, not only the last ones: its times are in them."""
    claims_of_disputes: frozenset[str] = frozenset()
    """Words on disputes told by a system that may open one, whatever they say."""
    waivers: tuple[Fact, ...] = ()

    @property
    def kind(self) -> str:
        """`shipment`, `order` or `storage`."""
        return self.unit.split(":", 1)[0]

    def attribute(self, name: str) -> Value | None:
        """The value that counts, or None when nobody told it."""
        found = self.attributes.get(name)
        return found.counts.value if found else None

    def text(self, name: str) -> str:
        """A textual attribute, empty when nobody told it."""
        value = self.attribute(name)
        # An enumeration is a kind of text; rules see plain text only.
        return str(value) if isinstance(value, str) else ""

    def told_by(self, name: str) -> tuple[str, ...]:
        """The fact whose value counts."""
        found = self.attributes.get(name)
        return (found.counts.fact_id, *found.counts.added_to) if found else ()

    def happened(self, *statuses: MilestoneStatus) -> tuple[Fact, ...]:
        """Actual milestones of these kinds, earliest first; plans and estimates never count."""
        return tuple(
            fact
            for fact in self.milestones
            if fact.classifier is Classifier.ACTUAL
            and isinstance(fact.said, Milestone)
            and fact.said.status in statuses
        )


def customer_of(unit: str, facts: Iterable[Fact], authority: Authority) -> str:
    """The customer by everybody's authority, empty when nobody names one."""
    told = told_in(tuple(facts)).get("customer", [])
    if not told:
        return ""
    value = settle("customer", told, authority.owner_of("customer", "")).counts.value
    assert isinstance(value, str), f"the customer of {unit} is a text"
    return value


def unit_of(unit: str, facts: Iterable[Fact], authority: Authority) -> BillableUnit:
    """The unit folded from its facts; the order in which they are given does not matter."""
    known = tuple(sorted(facts, key=lambda fact: (fact.occurred_at, fact.fact_id)))
    customer = customer_of(unit, known, authority)
    latest = _latest_by_thing(known)
    owned = frozenset(fact.fact_id for fact in known if may_act(fact, authority, customer))
    return BillableUnit(
        unit=unit,
        facts={fact.fact_id: fact for fact in known},
        attributes={
            name: settle(name, told, authority.owner_of(name, customer))
            for name, told in sorted(told_in(known).items())
        },
        milestones=_about(latest, Milestone),
        documents=standing_papers(_about(latest, Document), owned),
        accessorials=_about(latest, Accessorial),
        costs=_about(latest, Cost),
        approvals=_about(latest, Approval),
        exceptions=_about(latest, ExceptionReport),
        work_orders=_about(latest, WorkOrder),
        warehouse_shipments=_about(latest, WarehouseShipment),
        packages=packages_of(known, authority.owner_of(OWNER, customer)),
        movements=_about(known, InventoryMovement),
        storage_periods=_about(latest, StoragePeriod),
        customers=_about(latest, Customer),
        lines=_lines(latest),
        stops=_stops(latest, [fact for fact in known if isinstance(fact.said, Stop)]),
        owned_acts=owned,
        disputes=_about(known, Dispute),
        claims_of_disputes=frozenset(
            fact.fact_id
            for fact in _about(known, Dispute)
            if may(fact, OPENS_DISPUTES, authority, customer)
        ),
        waivers=_about(latest, Waiver),
    )


def local_day(fact: Fact) -> date:
    """The day on which it happened, where it happened."""
    return fact.occurred_at.date()


def _latest_by_thing(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Of each thing each source's last word, in business order."""
    latest: dict[tuple[str, ...], Fact] = {}
    for fact in sorted(facts, key=rank):
        latest[fact.source.system, fact.source.instance, *natural_key(fact)] = fact
    return tuple(sorted(latest.values(), key=lambda fact: (fact.occurred_at, fact.fact_id)))


T = TypeVar("T")


def _about(facts: Iterable[Fact], kind: type[T]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if isinstance(fact.said, kind))


def _lines(facts: tuple[Fact, ...]) -> tuple[OrderedLine, ...]:
    """Ordered lines of all orders, shipped quantities of all ship confirmations, by item.

    Where no order lists an item, what the warehouse says was ordered stands in for it.
    Quantities in different units are not compared: then what was ordered is not known.
    """
    ordered: dict[str, list[tuple[OrderLine, str]]] = defaultdict(list)
    shipped: dict[str, list[tuple[ShippedLine, str]]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.said, Order):
            for line in fact.said.lines:
                ordered[line.item].append((line, fact.fact_id))
    for fact in shipped_confirmations(facts):
        for gone in fact.said.lines if isinstance(fact.said, WarehouseShipment) else ():
            shipped[gone.item].append((gone, fact.fact_id))
    return tuple(
        _line(item, ordered.get(item, []), shipped.get(item, []))
        for item in sorted(ordered.keys() | shipped.keys())
    )


def _line(
    item: str, wanted: list[tuple[OrderLine, str]], went: list[tuple[ShippedLine, str]]
) -> OrderedLine:
    units = {line.unit for line, _ in wanted} | {line.unit for line, _ in went}
    quantity: Decimal | None = None
    if wanted and len(units) == 1:
        quantity = sum((line.ordered for line, _ in wanted), Decimal(0))
    elif not wanted:
        told = [line.ordered for line, _ in went if line.ordered is not None]
        quantity = max(told, default=None)
    return OrderedLine(
        line=(wanted[0][0].line if wanted else went[0][0].line),
        item=item,
        ordered=quantity,
        shipped=sum((line.shipped for line, _ in went), Decimal(0)) if went else None,
        unit=went[0][0].unit if went else wanted[0][0].unit,
        disposition=went[-1][0].disposition if went else None,
        fact_ids=tuple(sorted({fact_id for _, fact_id in (*wanted, *went)})),
    )


ARRIVED = (MilestoneStatus.ARRIVED_PICKUP, MilestoneStatus.ARRIVED_DELIVERY)
DEPARTED = (MilestoneStatus.PICKED_UP, MilestoneStatus.DEPARTED_DELIVERY)


def _stops(facts: tuple[Fact, ...], records: list[Fact]) -> tuple[StopTimes, ...]:
    """Every stop, with its records laid over each other and the milestones that name it."""
    stops: dict[str, dict[str, Fact]] = defaultdict(dict)
    for record in records:
        slot = "actual" if record.classifier is Classifier.ACTUAL else "planned"
        stops[getattr(record.said, "stop", "")][slot] = record
    for fact in facts:
        if (
            isinstance(fact.said, Milestone)
            and fact.said.stop
            and fact.classifier is Classifier.ACTUAL
        ):
            if fact.said.status in ARRIVED:
                stops[fact.said.stop].setdefault("arrived", fact)
            elif fact.said.status in DEPARTED:
                stops[fact.said.stop]["departed"] = fact
            elif fact.said.status is MilestoneStatus.NOTIFIED:
                stops[fact.said.stop].setdefault("notified", fact)
    return tuple(
        StopTimes(
            stop=number,
            planned=_record(number, records, actual=False),
            actual=_record(number, records, actual=True),
            arrived=slots.get("arrived"),
            departed=slots.get("departed"),
            notified=slots.get("notified"),
            fact_ids=tuple(
                sorted(
                    {fact.fact_id for fact in slots.values()}
                    | {fact.fact_id for fact in records if _is_at(fact, number)}
                )
            ),
        )
        for number, slots in sorted(stops.items())
    )


def _is_at(record: Fact, number: str) -> bool:
    return isinstance(record.said, Stop) and record.said.stop == number


def _record(number: str, records: list[Fact], *, actual: bool) -> Stop | None:
    """One record of a stop: each of its values from the last word that gives one.

    Arrival and departure often come one after the other; neither takes the other back.
    """
    mine = [
        fact.said
        for fact in sorted(records, key=rank)
        if isinstance(fact.said, Stop)
        and fact.said.stop == number
        and (fact.classifier is Classifier.ACTUAL) == actual
    ]
    if not mine:
        return None
    values = {
        name: value
        for said in mine
        for name in said.__struct_fields__
        if (value := getattr(said, name)) not in {None, ()}
    }
    return Stop(**values)
