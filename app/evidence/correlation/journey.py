"""What has happened to the freight: picked up, delivered, returned, and when."""

from datetime import date

import msgspec

from app.evidence.correlation.links import PLANNERS
from app.evidence.correlation.storage import Period, period_of
from app.evidence.correlation.told import shipped_confirmations
from app.evidence.correlation.unit import BillableUnit, StopTimes
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import MilestoneStatus, Shipment, StopType
from app.evidence.facts.order import Order
from app.measures import Instant


class StopClock(msgspec.Struct, frozen=True, kw_only=True):
    """When a truck was where, from the stop's record or else from milestones there."""

    stop: str
    stop_type: StopType | None
    appointment_early: Instant | None
    appointment_late: Instant | None
    arrived_at: Instant | None
    departed_at: Instant | None
    fact_ids: tuple[str, ...]
    notified_at: Instant | None = None

    @property
    def times_possible(self) -> bool:
        """Nobody leaves before arriving."""
        if self.arrived_at is None or self.departed_at is None:
            return True
        return self.arrived_at <= self.departed_at


def clock_at(stop: StopTimes) -> StopClock:
    """The clock of a stop: what its record says, milestones where the record is silent."""
    planned, actual = stop.planned, stop.actual
    arrived = actual.arrived_at if actual else None
    departed = actual.departed_at if actual else None
    if arrived is None and stop.arrived is not None:
        arrived = stop.arrived.occurred_at
    if departed is None and stop.departed is not None:
        departed = stop.departed.occurred_at
    notified = actual.notified_at if actual else None
    if notified is None and stop.notified is not None:
        notified = stop.notified.occurred_at
    # What was agreed stands in the plan; a record of what happened only repeats it.
    records = [record for record in (planned, actual) if record is not None]

    def first(name: str) -> Instant | None:
        return next((v for r in records if (v := getattr(r, name)) is not None), None)

    return StopClock(
        stop=stop.stop,
        stop_type=next((r.stop_type for r in records if r.stop_type is not None), None),
        appointment_early=first("appointment_early"),
        appointment_late=first("appointment_late"),
        arrived_at=arrived,
        departed_at=departed,
        notified_at=notified,
        fact_ids=stop.fact_ids,
    )


class Journey:
    """The journey of one unit, told by actual milestones and ship confirmations only."""

    def __init__(self, unit: BillableUnit) -> None:
        self.stops = tuple(clock_at(stop) for stop in unit.stops)
        self.delivered = unit.happened(MilestoneStatus.DELIVERED)
        self.returned = unit.happened(MilestoneStatus.REFUSED, MilestoneStatus.RETURNED)
        self.picked_up = unit.happened(MilestoneStatus.PICKED_UP) or unit.happened(
            MilestoneStatus.LOADED
        )
        self.ship_confirmed = shipped_confirmations(unit.warehouse_shipments)
        self.cancelled = _cancelled(unit)
        self.stored_until = _stored_until(unit)

    @property
    def service_date(self) -> date | None:
        """The local day on which the service was complete, None while it is not."""
        facts = self.delivered or self.ship_confirmed
        return facts[0].occurred_at.date() if facts else self.stored_until


def _stored_until(unit: BillableUnit) -> date | None:
    """The last day of a storage period that is closed."""
    period = period_of(unit) if unit.kind == "storage" else ""
    return period.last_day if isinstance(period, Period) and period.closed else None


def _cancelled(unit: BillableUnit) -> tuple[Fact, ...]:
    """The planner's last word on shipment or order, where it is `cancelled`."""
    told = [
        fact
        for fact in unit.facts.values()
        if isinstance(fact.said, Shipment | Order)
        and fact.said.status is not None
        and fact.source.system in PLANNERS
        and fact.classifier in {Classifier.ACTUAL, Classifier.PLANNED}
    ]
    last: dict[str, Fact] = {}
    for fact in sorted(told, key=lambda fact: (fact.revision, fact.occurred_at, fact.fact_id)):
        last[fact.entity] = fact
    wanted = last.get("shipment", last.get("order"))
    is_off = wanted is not None and getattr(wanted.said, "status", None) == "cancelled"
    return (wanted,) if wanted is not None and is_off else ()
