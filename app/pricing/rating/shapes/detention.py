"""Detention: time at a stop beyond the free time, by the contract's clock.

Where the carrier came late or caused the delay the amount is shown and excluded. A trailer
left longer than the agreed hours was dropped: that is detention without power, with its own
free time and rate, or not live detention at all. Free time by weight at the stop follows
the LTL carriers' tables (YRC 100, item 500).
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.unit import BillableUnit, StopTimes
from app.evidence.facts.freight import Fault, Milestone
from app.measures import Weight, WeightUnit
from app.pricing.rating.charge import Charge, Excluded, Unpriced
from app.pricing.rating.claims import Claim, claims
from app.pricing.rating.counts import load_named_by
from app.pricing.rating.flaw import Flaw
from app.pricing.rating.loads import shared
from app.pricing.rating.lookup import lane_row, only
from app.pricing.rating.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.rating.rows import LaneRow, Row, StepRow, in_force
from app.pricing.rating.stop_clock import ClockStart, Stay, stay_at
from app.pricing.rating.term import Shared, Term
from app.pricing.rating.wording import money, number, rate


class DetentionRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one increment, the least and the most for one stop."""

    rate: Decimal
    minimum: Decimal = Decimal(0)
    cap: Decimal | None = None


class FreeTimeStep(StepRow, frozen=True, kw_only=True, omit_defaults=True):
    """Free minutes for a weight at the stop, in pounds."""

    free_minutes: Decimal


class WithoutPower(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Detention of a trailer that was left behind."""

    free_minutes: Decimal
    increment_minutes: Decimal
    rate: Decimal


class Detention(Term, frozen=True, kw_only=True, omit_defaults=True, tag="detention"):
    """The clock, the free time and how the time beyond it is counted."""

    clock_starts: ClockStart
    increment_minutes: Decimal
    counted: Literal["each begun increment", "exactly"]
    due: Literal["when measured", "when claimed"] = "when measured"
    """From the stop's times alone, or only where somebody claims it."""
    free_minutes: Decimal | None = None
    free_time: tuple[FreeTimeStep, ...] = ()
    """Instead of one number: by weight at the stop."""
    excluded_when_carrier_late: bool = True
    dropped_above_hours: Decimal | None = None
    without_power: WithoutPower | None = None
    shared_by: Shared = ""
    """How shipments that were handled at one stop of a load bear it."""
    otherwise_by: tuple[Shared, ...] = ()
    """Where a shipment does not tell that: the first of these which all shipments tell."""
    method: Literal["detention_1"] = "detention_1"
    rates: tuple[DetentionRow, ...]

    @property
    def shared_instead(self) -> tuple[Shared, ...]:
        """By what the card shares it where the agreed basis is missing."""
        return self.otherwise_by

    def flaws(self) -> Iterator[Flaw]:
        """Free time said twice or not at all, and increments of nothing."""
        if (self.free_minutes is None) == (not self.free_time):
            what = "free time is either one number of minutes or a table by weight"
            yield Flaw(what=what, charge=self.charge, field="free_minutes")
        if self.increment_minutes <= 0:
            what = "an increment has at least one minute"
            yield Flaw(what=what, charge=self.charge, field="increment_minutes")


def detention(occasion: Occasion, term: Detention) -> tuple[Line, ...]:
    """A line for each stop where the truck waited too long, and for each claim."""
    claimed = [claim for claim in claims(occasion.unit) if claim.charge == term.charge]
    lines: list[Line] = []
    for stop in occasion.unit.stops:
        here = [claim for claim in claimed if claim.stop == stop.stop]
        if line := _at_stop(occasion, term, stop, here):
            lines.append(line)
    known = {stop.stop for stop in occasion.unit.stops}
    lines.extend(
        unpriced(
            term,
            "no_times",
            f"{claim.accessorial} claims detention at stop {claim.stop or '(none named)'}, "
            f"of which no times are known",
            claim.accessorial,
            (claim.told,),
        )
        for claim in claimed
        if claim.stop not in known
    )
    return tuple(lines)


def _at_stop(
    occasion: Occasion, term: Detention, stop: StopTimes, here: list[Claim]
) -> Line | None:
    """Nothing where nobody claims it and the times are not complete: then nobody can."""
    if not here and term.due == "when claimed":
        return None
    subject = here[0].accessorial if here else f"stop {stop.stop}"
    stay = stay_at(stop)
    minutes = stay.minutes(term.clock_starts)
    if minutes is None or (term.excluded_when_carrier_late and stay.arrived is None):
        if not here:
            return None
        why = f"stop {stop.stop} has no complete times: {stay.told.value}"
        return unpriced(term, "no_times", why, subject, (stay.told, here[0].told))
    working = _working(occasion, term, stop, stay, minutes, subject)
    if not isinstance(working, Working):
        return working
    if here:
        told = (*working.inputs, *(claim.told for claim in here))
        working = msgspec.structs.replace(working, inputs=told)
    charge = charged(occasion, term, working)
    return _permitted(occasion, term, stop, stay, charge)


def _working(
    occasion: Occasion,
    term: Detention,
    stop: StopTimes,
    stay: Stay,
    minutes: Fraction,
    subject: str,
) -> Working | Unpriced | None:
    if _dropped(term, minutes):
        return _without_power(term, stay, minutes, subject)
    free = _free_minutes(occasion, term, stop, subject)
    if isinstance(free, Unpriced):
        return free
    over = minutes - free.minutes
    if over <= 0:
        return None
    row = lane_row(occasion, term, term.rates, subject, _handled(occasion, stop))
    if isinstance(row, Unpriced):
        return row
    units = _units(over, Fraction(term.increment_minutes), exactly=term.counted == "exactly")
    exact = units * Fraction(row.rate)
    text = (
        f"{number(minutes)} min less {number(free.minutes)} free = {number(over)} min, "
        f"{number(units)} x {number(term.increment_minutes)} min x {rate(row.rate)}"
    )
    if exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    if row.cap is not None and exact > row.cap:
        text += f" = {money(exact)}, capped at {rate(row.cap)}"
        exact = Fraction(row.cap)
    return Working(
        quantity=units,
        unit=f"{number(term.increment_minutes)} min",
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=(stay.told,),
        rows=(row, *free.rows),
        subject=subject,
    )


def _units(over: Fraction, increment: Fraction, *, exactly: bool) -> Fraction:
    """Increments beyond the free time; one minute into an increment counts as all of it."""
    units = over / increment
    return units if exactly else Fraction(-(-units.numerator // units.denominator))


def _dropped(term: Detention, minutes: Fraction) -> bool:
    return term.dropped_above_hours is not None and minutes > term.dropped_above_hours * 60


def _without_power(
    term: Detention, stay: Stay, minutes: Fraction, subject: str
) -> Working | Unpriced | None:
    """The trailer was left; it is charged by its own rule, or not as live detention."""
    rule = term.without_power
    left = f"the trailer stood {number(minutes / 60)} h, above {term.dropped_above_hours} h"
    if rule is None:
        why = f"{left}, so it was dropped, and the card has no rate without power"
        return unpriced(term, "no_rate", why, subject, (stay.told,))
    over = minutes - Fraction(rule.free_minutes)
    if over <= 0:
        return None
    units = _units(over, Fraction(rule.increment_minutes), exactly=False)
    return Working(
        quantity=units,
        unit=f"{number(rule.increment_minutes)} min",
        rate=rule.rate,
        exact=units * Fraction(rule.rate),
        text=(
            f"{left}: without power, {number(minutes)} min less {number(rule.free_minutes)} free "
            f"= {number(over)} min, {number(units)} x {number(rule.increment_minutes)} min "
            f"x {rate(rule.rate)}"
        ),
        method=term.method,
        inputs=(stay.told,),
        subject=subject,
    )


class _Free(msgspec.Struct, frozen=True):
    """The free time and the rows that grant it."""

    minutes: Fraction
    rows: tuple[Row, ...] = ()


def _free_minutes(
    occasion: Occasion, term: Detention, stop: StopTimes, subject: str
) -> _Free | Unpriced:
    if term.free_minutes is not None:
        return _Free(Fraction(term.free_minutes))
    weight = _weight_at(occasion, stop)
    if weight is None:
        why = f"the free time depends on the weight at stop {stop.stop}, which nobody tells"
        return unpriced(term, "no_weight", why, subject)
    known = in_force(term.free_time, occasion.day, occasion.known_on)
    found = tuple(row for row in known if row.holds(weight))
    step = only(occasion, term, found, f"free time for {number(weight)} lb", subject)
    return step if isinstance(step, Unpriced) else _Free(Fraction(step.free_minutes), (step,))


def _weight_at(occasion: Occasion, stop: StopTimes) -> Fraction | None:
    """What the stop's record says, else all that its shipments weigh together."""
    for record in (stop.actual, stop.planned):
        if record is not None and record.weight is not None:
            return record.weight.exactly_in(WeightUnit.LB)
    weights = [unit.attribute("weight") for unit in _handled(occasion, stop)]
    if not all(isinstance(weight, Weight) for weight in weights):
        return None
    pounds = (each.exactly_in(WeightUnit.LB) for each in weights if isinstance(each, Weight))
    return sum(pounds, Fraction(0))


def _handled(occasion: Occasion, stop: StopTimes) -> tuple[BillableUnit, ...]:
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


def _permitted(
    occasion: Occasion, term: Detention, stop: StopTimes, stay: Stay, charge: Charge
) -> Line:
    """The unit's share, unless the waiting was the carrier's own doing."""
    line = shared(occasion, term, charge, _handled(occasion, stop), term.shared_by)
    if not isinstance(line, Charge):
        return line
    late = stay.appointment_late
    if (
        term.excluded_when_carrier_late
        and not _dropped(term, stay.minutes(term.clock_starts) or Fraction(0))
        and late is not None
        and stay.arrived is not None
        and stay.arrived > late
    ):
        by = Fraction((stay.arrived - late).seconds, 60) + (stay.arrived - late).days * 1440
        return _excluded(line, f"CARRIER_LATE: arrived {number(by)} min after the appointment")
    match _fault_at(occasion, stop):
        case Fault.CARRIER:
            return _excluded(line, "CARRIER_FAULT: the carrier reports the delay as its own")
        case Fault.UNMAPPED:
            why = f"whose fault the delay at stop {stop.stop} was is reported in an unknown code"
            return unpriced(term, "fault_unknown", why, charge.subject, charge.inputs)
        case _:
            return line


def _excluded(charge: Charge, why: str) -> Excluded:
    return Excluded(
        charge=charge.code,
        subject=charge.subject,
        why=f"{why}; worked out as {charge.formula}",
        amount=charge.amount,
        inputs=charge.inputs,
    )


def _fault_at(occasion: Occasion, stop: StopTimes) -> Fault:
    faults = {
        fact.said.fault
        for fact in occasion.unit.milestones
        if isinstance(fact.said, Milestone) and fact.said.stop == stop.stop
    }
    return next((each for each in (Fault.UNMAPPED, Fault.CARRIER) if each in faults), Fault.NONE)
