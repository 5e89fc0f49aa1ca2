"""A billable unit: all that its facts say about it, folded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.evidence.correlation.authority import Attribute, Authority, Told, Value, settle
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment, Stop
from app.evidence.facts.money import Accessorial, Approval, Cost
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, ExceptionReport
from app.evidence.facts.party import Customer
from app.evidence.facts.warehouse import Disposition, WarehouseShipment, WorkOrder

SPOKEN_OF = {
    "customer": (Shipment, Order, WarehouseShipment),
    "mode": (Shipment,),
    "carrier": (Shipment,),
    "freight_terms": (Shipment, Order),
    "freight_class": (Shipment,),
    "load": (Shipment,),
    "weight": (Shipment, Order, WarehouseShipment, Cost),
    "pallets": (Shipment, WarehouseShipment),
    "distance": (Shipment,),
    "origin": (Shipment,),
    "destination": (Shipment, Cost),
    "quoted": (Shipment,),
    "customer_po": (Order,),
}
"""Which facts carry which attribute of the unit; a cost only once it was invoiced."""


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
    customers: tuple[Fact, ...]
    lines: tuple[OrderedLine, ...]
    stops: tuple[StopTimes, ...]

    @property
    def kind(self) -> str:
        """`shipment` or `order`."""
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
        return (found.counts.fact_id,) if found else ()

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
    told = _told(tuple(facts)).get("customer", [])
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
    return BillableUnit(
        unit=unit,
        facts={fact.fact_id: fact for fact in known},
        attributes={
            name: settle(name, told, authority.owner_of(name, customer))
            for name, told in sorted(_told(known).items())
        },
        milestones=_about(latest, Milestone),
        documents=_about(latest, Document),
        accessorials=_about(latest, Accessorial),
        costs=_about(latest, Cost),
        approvals=_about(latest, Approval),
        exceptions=_about(latest, ExceptionReport),
        work_orders=_about(latest, WorkOrder),
        warehouse_shipments=_about(latest, WarehouseShipment),
        customers=_about(latest, Customer),
        lines=_lines(latest),
        stops=_stops(latest),
    )


def local_day(fact: Fact) -> date:
    """The day on which it happened, where it happened."""
    return fact.occurred_at.date()


def _rank(fact: Fact) -> tuple[int, str, str]:
    """Later revision, then later business time; the id settles what is left."""
    return fact.revision, fact.occurred_at.astimezone(UTC).isoformat(), fact.fact_id


def natural_key(fact: Fact) -> tuple[str, ...]:
    """What the fact is about, so that a later word on it replaces an earlier one."""
    said = fact.said
    match said:
        case Milestone():
            return "milestone", said.status, said.raw_status, said.stop or "", _moment(fact)
        case Stop():
            return "stop", said.load or said.shipment or "", said.stop, fact.classifier
        case Cost():
            return "cost", said.kind, said.carrier, said.number, said.bill_type
        case _:
            tag = fact.entity
            return tag, str(getattr(said, tag, fact.fact_id))


def _moment(fact: Fact) -> str:
    return fact.occurred_at.isoformat()


def _latest_by_thing(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Of each thing each source's last word, in business order."""
    latest: dict[tuple[str, ...], Fact] = {}
    for fact in sorted(facts, key=_rank):
        latest[fact.source.system, fact.source.instance, *natural_key(fact)] = fact
    return tuple(sorted(latest.values(), key=lambda fact: (fact.occurred_at, fact.fact_id)))


T = TypeVar("T")


def _about(facts: Iterable[Fact], kind: type[T]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if isinstance(fact.said, kind))


def _told(facts: tuple[Fact, ...]) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.said, Cost) and fact.said.kind != "invoiced":
            continue
        for name, kinds in SPOKEN_OF.items():
            value = getattr(fact.said, name, None) if isinstance(fact.said, kinds) else None
            if value is not None and value != "":
                told[name].append(
                    Told(
                        value=value,
                        fact_id=fact.fact_id,
                        system=fact.source.system,
                        rank=_rank(fact),
                        voice="/".join(
                            (fact.source.system, fact.source.instance, *natural_key(fact)[:2])
                        ),
                    )
                )
    return told


def _lines(facts: tuple[Fact, ...]) -> tuple[OrderedLine, ...]:
    """Ordered lines from the order's owner, shipped quantities summed over ship confirmations."""
    ordered: dict[str, tuple[str, Decimal, str, str]] = {}
    shipped: dict[str, list[tuple[Decimal, str, Disposition, str, str]]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.said, Order):
            for line in fact.said.lines:
                ordered[line.item] = (line.line, line.ordered, line.unit, fact.fact_id)
        elif isinstance(fact.said, WarehouseShipment) and fact.classifier is Classifier.ACTUAL:
            for gone in fact.said.lines:
                shipped[gone.item].append(
                    (gone.shipped, gone.unit, gone.disposition, fact.fact_id, gone.line)
                )
    lines = []
    for item in sorted(ordered.keys() | shipped.keys()):
        number, quantity, unit, by = ordered.get(item, ("", None, "", ""))
        went = shipped.get(item, [])
        lines.append(
            OrderedLine(
                line=number or went[0][4],
                item=item,
                ordered=quantity,
                shipped=sum((each[0] for each in went), Decimal(0)) if went else None,
                unit=unit or went[0][1],
                disposition=went[-1][2] if went else None,
                fact_ids=tuple(sorted({by, *(each[3] for each in went)} - {""})),
            )
        )
    return tuple(lines)


ARRIVED = (MilestoneStatus.ARRIVED_PICKUP, MilestoneStatus.ARRIVED_DELIVERY)
DEPARTED = (MilestoneStatus.PICKED_UP, MilestoneStatus.DEPARTED_DELIVERY)


def _stops(facts: tuple[Fact, ...]) -> tuple[StopTimes, ...]:
    """Every stop, with the record and the milestones that name it."""
    stops: dict[str, dict[str, Fact]] = defaultdict(dict)
    for fact in facts:
        if isinstance(fact.said, Stop):
            slot = "actual" if fact.classifier is Classifier.ACTUAL else "planned"
            stops[fact.said.stop][slot] = fact
        elif (
            isinstance(fact.said, Milestone)
            and fact.said.stop
            and fact.classifier is Classifier.ACTUAL
        ):
            if fact.said.status in ARRIVED:
                stops[fact.said.stop].setdefault("arrived", fact)
            elif fact.said.status in DEPARTED:
                stops[fact.said.stop]["departed"] = fact
    return tuple(
        StopTimes(
            stop=number,
            planned=_stop(slots.get("planned")),
            actual=_stop(slots.get("actual")),
            arrived=slots.get("arrived"),
            departed=slots.get("departed"),
            fact_ids=tuple(sorted(fact.fact_id for fact in slots.values())),
        )
        for number, slots in sorted(stops.items())
    )


def _stop(fact: Fact | None) -> Stop | None:
    return fact.said if fact is not None and isinstance(fact.said, Stop) else None
