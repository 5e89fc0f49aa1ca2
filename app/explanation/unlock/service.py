"""Ways out by what happens to freight and orders: delivered, shipped, closed, heard."""

from collections.abc import Callable
from datetime import UTC
from decimal import Decimal

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit, OrderedLine
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus, Stop
from app.evidence.facts.surroundings import AccountingPeriod, FeedStatus
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.explanation.unlock.situation import (
    EXPECTED,
    Situation,
    Way,
    Ways,
    corrected,
    key_of,
    new_fact,
)
from app.judgement.decision import Hold
from app.measures import Instant
from app.pricing.told.dating import RateDate, rate_day

IN_WORDS = {MilestoneStatus.PICKED_UP: "picked up", MilestoneStatus.DELIVERED: "delivered"}


def milestone(status: MilestoneStatus) -> Callable[[Hold, Situation], Ways]:
    """The carrier reports what has not been reported; of a load, for each of its units."""

    def ways(hold: Hold, at: Situation) -> Ways:
        if not hold.subject:
            yield _reported(at, status)
        elif (missing := at.unpriced(hold)) is not None:
            planned = [each.name for each in missing.inputs if each.value == "planned"]
            yield from _rest_of_the_load(at, planned)

    return ways


def _reported(at: Situation, status: MilestoneStatus) -> Way:
    moment = _when(at.unit, status) or at.next_moment
    said = Milestone(status=status, shipment=at.number)
    return Way(
        says=f"the carrier confirms that it is {IN_WORDS[status]}",
        system="carrier",
        facts=(new_fact(at, "carrier", said, moment=moment),),
        assumes=f"on {moment.date().isoformat()}",
    )


def _when(unit: BillableUnit, status: MilestoneStatus) -> Instant | None:
    """When it was last expected, or at the latest was so; None where nobody has said."""
    journey = Journey(unit)
    told = [
        fact.occurred_at
        for fact in unit.milestones
        if isinstance(fact.said, Milestone) and fact.said.status is status
    ]
    if status is MilestoneStatus.PICKED_UP:
        return min([*told, *(fact.occurred_at for fact in journey.delivered)], default=None)
    begun = [fact.occurred_at for fact in journey.picked_up]
    return max((each for each in told if not begun or each >= min(begun)), default=None)


def _rest_of_the_load(at: Situation, planned: list[str]) -> Ways:
    """The other units of the load are delivered, and then every planned stop is made."""
    moving = [each for each in at.siblings if not Journey(each).delivered]
    if moving and not planned:
        names = " and ".join(each.unit for each in moving)
        yield Way(
            says=f"the carrier confirms that {names} of the same load is delivered",
            system="carrier",
            of_siblings=tuple((each.unit, _delivered(at, each)) for each in moving),
            assumes=f"on {at.next_moment.date().isoformat()}",
        )
    if planned:
        yield Way(
            says=f"the carrier reports {' and '.join(planned)} as made",
            system="carrier",
            facts=tuple(_made(at, name.removeprefix("stop ")) for name in planned),
            assumes="within the free time",
        )


def _delivered(at: Situation, sibling: BillableUnit) -> Fact:
    said = Milestone(status=MilestoneStatus.DELIVERED, shipment=sibling.unit.partition(":")[2])
    return new_fact(at, "carrier", said)


def _made(at: Situation, number: str) -> Fact:
    every = [s for unit in (at.unit, *at.siblings) for s in unit.stops if s.stop == number]
    load = next((s.planned.load for s in every if s.planned and s.planned.load), None)
    said = Stop(stop=number, load=load, arrived_at=at.next_moment, departed_at=at.next_moment)
    return new_fact(at, "carrier", said)


def day_known(hold: Hold, at: Situation) -> Ways:
    """The event whose day selects the prices, for every unit of the load that lacks it."""
    card, missing = at.editions.card, at.unpriced(hold)
    if card is None or missing is None or missing.problem != "no_date":
        return
    if card.rate_date == "ship confirm":
        yield from ship_confirmed(hold, at)
    if card.rate_date not in {"pickup", "delivery"}:
        return
    pickup = card.rate_date == "pickup"
    status = MilestoneStatus.PICKED_UP if pickup else MilestoneStatus.DELIVERED
    if rate_day(at.unit, card.rate_date) is None:
        yield _reported(at, status)
        return
    yield from _days_of_the_load(at, card.rate_date, status)


def _days_of_the_load(at: Situation, basis: RateDate, status: MilestoneStatus) -> Ways:
    lacking = [each for each in at.siblings if rate_day(each, basis) is None]
    if lacking:
        names = " and ".join(each.unit for each in lacking)
        yield Way(
            says=f"the carrier confirms that {names} of the same load is {IN_WORDS[status]}",
            system="carrier",
            of_siblings=tuple(
                (
                    each.unit,
                    new_fact(
                        at,
                        "carrier",
                        Milestone(status=status, shipment=each.unit.partition(":")[2]),
                    ),
                )
                for each in lacking
            ),
            assumes=f"on {at.next_moment.date().isoformat()}",
        )


def ship_confirmed(_hold: Hold, at: Situation) -> Ways:
    """Everything ordered has left; how it was packed only the warehouse can tell."""
    lines = tuple(
        _shipped(line, line.ordered, Disposition.COMPLETE)
        for line in at.unit.lines
        if line.ordered is not None
    )
    packed = [f.said for f in at.unit.warehouse_shipments if isinstance(f.said, WarehouseShipment)]
    said = WarehouseShipment(
        warehouse_shipment=packed[0].warehouse_shipment if packed else EXPECTED,
        status="shipped",
        order=at.number,
        cartons=packed[0].cartons if packed else None,
        pallets=packed[0].pallets if packed else None,
        weight=packed[0].weight if packed else None,
        lines=lines,
    )
    if said.cartons is None or said.pallets is None:
        said = _with_nothing_packed(said)
    yield Way(
        says="the warehouse confirms that everything ordered has left, and how it was packed",
        system="wms",
        facts=(new_fact(at, "wms", said, after=at.unit.warehouse_shipments),),
        assumes=(
            f"{said.cartons} cartons and {said.pallets} pallets, "
            f"on {at.next_moment.date().isoformat()}"
        ),
    )


def _with_nothing_packed(said: WarehouseShipment) -> WarehouseShipment:
    return WarehouseShipment(
        warehouse_shipment=said.warehouse_shipment,
        status=said.status,
        order=said.order,
        cartons=said.cartons or Decimal(0),
        pallets=said.pallets or Decimal(0),
        weight=said.weight,
        lines=said.lines,
    )


def closed_short(hold: Hold, at: Situation) -> Ways:
    """The warehouse says of the item that nothing more will come, or that more was meant."""
    item = key_of(hold)
    line = next((each for each in at.unit.lines if each.item == item), None)
    confirmed = [
        (fact, fact.said)
        for fact in at.unit.warehouse_shipments
        if isinstance(fact.said, WarehouseShipment)
    ]
    if line is None or not confirmed:
        return
    is_over = line.ordered is not None and line.shipped is not None and line.shipped > line.ordered
    becomes = Disposition.OVER if is_over else Disposition.SHORT_CLOSED
    facts = [
        corrected(at, fact, lines=tuple(_closed(each, item, becomes) for each in said.lines))
        for fact, said in confirmed
        if any(each.item == item for each in said.lines)
    ]
    if not facts:  # no confirmation mentions it: the first one has to
        fact, said = confirmed[0]
        nothing = _shipped(line, Decimal(0), Disposition.SHORT_CLOSED)
        facts = [corrected(at, fact, lines=(*said.lines, nothing))]
    meant = f"the warehouse says that it meant to ship more of {item}"
    yield Way(
        says=meant if is_over else f"the warehouse closes the line of {item}: no more will ship",
        system=facts[0].source.system,
        facts=tuple(facts),
    )


def _closed(line: ShippedLine, item: str, becomes: Disposition) -> ShippedLine:
    if line.item != item:
        return line
    return ShippedLine(
        line=line.line,
        item=line.item,
        ordered=line.ordered,
        shipped=line.shipped,
        unit=line.unit,
        disposition=becomes,
        raw_code=line.raw_code,
    )


def _shipped(line: OrderedLine, shipped: Decimal, disposition: Disposition) -> ShippedLine:
    return ShippedLine(
        line=line.line,
        item=line.item,
        ordered=line.ordered,
        shipped=shipped,
        unit=line.unit,
        disposition=disposition,
    )


def feed_heard(hold: Hold, at: Situation) -> Ways:
    """Whoever says that the feed is silent says that it is heard again."""
    silent = [
        fact
        for fact in at.dossier.surroundings
        if isinstance(fact.said, FeedStatus)
        and fact.said.feed_status == key_of(hold)
        and fact.said.silent
        and fact.source.system in at.who_may("feed_status")
    ]
    if silent:
        yield Way(
            says=f"the feed {key_of(hold)} is heard again",
            system=silent[0].source.system,
            around=tuple(corrected(at, fact, silent=False) for fact in silent),
        )


def period_open(_hold: Hold, at: Situation) -> Ways:
    """Who closed the month of the service, or that in which a change is posted, opens it again."""
    service = Journey(at.unit).service_date
    days = (service, at.dossier.policy_at.astimezone(UTC).date())
    for month in sorted({f"{day:%Y-%m}" for day in days if day}):
        yield from _opened(at, month)


def _opened(at: Situation, month: str) -> Ways:
    closed = [
        fact
        for fact in at.dossier.surroundings
        if isinstance(fact.said, AccountingPeriod)
        and fact.said.accounting_period == month
        and fact.said.closed
    ]
    if closed:
        yield Way(
            says=f"finance opens {month} again",
            system=closed[0].source.system,
            around=tuple(corrected(at, fact, closed=False) for fact in closed),
        )
