"""Whose doing a delay was: what is reported of it, else what the times themselves show.

Truck in time and kept waiting: the facility kept it. Truck late: its own doing. Without an
agreed time nothing can be read from the clock, so the fault is unknown.
"""

from app.evidence.correlation.journey import StopClock
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.freight import Fault, Milestone, StopType
from app.pricing.entitlement.found import FaultClass
from app.pricing.lines.wording import number
from app.pricing.reckoned.waiting import minutes_late
from app.pricing.told.stop_clock import Stay

KEEPERS = {StopType.PICKUP: FaultClass.SHIPPER, StopType.DELIVERY: FaultClass.CONSIGNEE}
"""Whose the facility is, by what happens at the stop."""


def fault_at(unit: BillableUnit, clock: StopClock, stay: Stay) -> tuple[FaultClass, str]:
    """Whose doing the waiting at a stop was, and from what that is read."""
    told = [
        fact.said
        for fact in unit.milestones
        if isinstance(fact.said, Milestone) and fact.said.stop == clock.stop
    ]
    for fault in (Fault.UNMAPPED, Fault.CARRIER, Fault.CUSTOMER, Fault.NEUTRAL):
        said = next((each for each in told if each.fault is fault), None)
        if said is not None:
            code = f", reason {said.raw_reason}" if said.raw_reason else ""
            return reported(fault, clock.stop_type), f"{said.status.value} reports it{code}"
    return _by_the_clock(clock, stay)


def reported(fault: Fault, stop_type: StopType | None = None) -> FaultClass:
    """The class of a reported fault; a customer's delay is that of its facility."""
    match fault:
        case Fault.CARRIER:
            return FaultClass.CARRIER
        case Fault.NEUTRAL:
            return FaultClass.NEUTRAL
        case Fault.CUSTOMER:
            return _keeper(stop_type)
        case _:
            return FaultClass.UNKNOWN


def _keeper(stop_type: StopType | None) -> FaultClass:
    return FaultClass.CUSTOMER if stop_type is None else KEEPERS[stop_type]


def _by_the_clock(clock: StopClock, stay: Stay) -> tuple[FaultClass, str]:
    if stay.appointment_late is None or stay.arrived is None:
        return FaultClass.UNKNOWN, "no agreed time at the stop is known, and no reason is reported"
    by = minutes_late(stay)
    if by is not None:
        return FaultClass.CARRIER, f"the truck came {number(by)} min after the agreed time"
    return _keeper(
        clock.stop_type
    ), "the truck was in time, and nobody reports a delay of the carrier's"
