"""What charges for waiting at a stop have in common: who bears them, and whose doing it was.

Every public tariff owes waiting only where the delay is not the carrier's own; what the
contract rules out is worked out all the same and shown.
"""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from app.evidence.correlation.unit import BillableUnit, StopTimes
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Fault, Milestone
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Charge, Excluded, Input, Unpriced
from app.pricing.lines.wording import number
from app.pricing.reckoned.counts import load_named_by
from app.pricing.reckoned.occasion import Line, Occasion, unpriced
from app.pricing.told.stop_clock import ClockEnd, Stay


def handled_at(occasion: Occasion, stop: StopTimes) -> tuple[BillableUnit, ...]:
    """The shipments at the stop; a stop of a shipment is its own, whatever its number."""
    load = load_named_by(stop)
    if not load:
        return (occasion.unit,)
    return tuple(
        unit
        for unit in occasion.load
        if unit.unit == occasion.unit.unit
        or any(each.stop == stop.stop and load_named_by(each) == load for each in unit.stops)
    )


def papers_apart(
    occasion: Occasion, term: Term, stop: StopTimes, end: ClockEnd, stay: Stay, subject: str
) -> Unpriced | None:
    """Papers are each shipment's own, so a clock they end is not one for all at the stop."""
    together = handled_at(occasion, stop)
    if end == "departure" or len(together) == 1:
        return None
    names = ", ".join(each.unit for each in together)
    why = f"{names} share stop {stop.stop}, and the clock ends with the papers of each"
    return unpriced(term, "no_allocation_basis", why, subject, stay.inputs)


def minutes_late(stay: Stay) -> Fraction | None:
    """By how much the truck missed its window; None where it was in time or nobody knows.

    Stated to the second; whoever comes a part of a second late is late by 0 minutes.
    """
    late, arrived = stay.appointment_late, stay.arrived
    if late is None or arrived is None or arrived <= late:
        return None
    by = arrived - late
    return Fraction(by.days * 86400 + by.seconds, 60)


def carrier_late(charge: Charge, by: Fraction) -> Excluded:
    """The charge ruled out because the truck came late."""
    return excluded(charge, f"CARRIER_LATE: arrived {number(by)} min after the appointment")


def unless_own_fault(
    occasion: Occasion, term: Term, stop: StopTimes, charge: Charge, *, shown: bool
) -> Line:
    """The charge, unless the carrier reports the delay at the stop as its own.

    Args:
        occasion: the unit and its load.
        term: the charge as agreed.
        stop: where the truck waited.
        charge: worked out and not ruled out yet.
        shown: whether an excluded line names each report with its moment and code.
    """
    match _fault_at(occasion, stop):
        case Fault.CARRIER:
            why = "CARRIER_FAULT: the carrier reports the delay as its own"
            if not shown:
                return excluded(charge, why)
            reports = tuple(_reports(occasion, stop))
            return excluded(charge, f"{why}, {'; '.join(each.value for each in reports)}", reports)
        case Fault.UNMAPPED:
            why = f"whose fault the delay at stop {stop.stop} was is reported in an unknown code"
            return unpriced(term, "fault_unknown", why, charge.subject, charge.inputs)
        case _:
            return charge


def excluded(charge: Charge, why: str, also: tuple[Input, ...] = ()) -> Excluded:
    """The charge as the contract rules it out, with its working."""
    return Excluded(
        charge=charge.code,
        subject=charge.subject,
        why=f"{why}; worked out as {charge.formula}",
        amount=charge.amount,
        inputs=(*charge.inputs, *also),
    )


def _fault_at(occasion: Occasion, stop: StopTimes) -> Fault:
    faults = {said.fault for _, said in _told_at(occasion, stop)}
    return next((each for each in (Fault.UNMAPPED, Fault.CARRIER) if each in faults), Fault.NONE)


def _told_at(occasion: Occasion, stop: StopTimes) -> Iterator[tuple[Fact, Milestone]]:
    for fact in occasion.unit.milestones:
        if isinstance(fact.said, Milestone) and fact.said.stop == stop.stop:
            yield fact, fact.said


def _reports(occasion: Occasion, stop: StopTimes) -> Iterator[Input]:
    """Each report of a delay of the carrier's own, until the next word from the stop."""
    told = sorted(_told_at(occasion, stop), key=lambda each: each[0].occurred_at)
    for at, (fact, said) in enumerate(told):
        if said.fault is Fault.CARRIER:
            after = next((other.occurred_at for other, _ in told[at + 1 :]), None)
            until = f" until {_moment(after)}" if after is not None else ""
            code = f", reason {said.raw_reason}" if said.raw_reason else ""
            yield Input(
                name=f"{said.status.value} at stop {stop.stop}",
                value=f"{_moment(fact.occurred_at)}{until}{code}",
                fact_ids=(fact.fact_id,),
            )


def _moment(moment: datetime) -> str:
    return moment.isoformat(" ", "minutes")
