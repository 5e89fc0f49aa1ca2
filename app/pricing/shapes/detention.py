"""Detention: time at a stop beyond the free time, by the contract's clock.

Where the carrier came late or caused the delay the amount is shown and excluded. A trailer
left longer than the agreed hours was dropped: that is detention without power, with its own
free time and rate, or not live detention at all. Where layover begins, detention ends.
Free time by weight at the stop follows the LTL carriers' tables (YRC 100, item 500).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.evidence.correlation.unit import StopTimes
from app.measures import Weight, WeightUnit
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import LaneRow, Row, StepRow
from app.pricing.agreed.term import Shared, Term
from app.pricing.lines.charge import Charge, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.increments import (
    Counted,
    Waited,
    begun_increments,
    by_local_day,
    capped,
    increments,
    under_caps,
)
from app.pricing.reckoned.loads import shared
from app.pricing.reckoned.lookup import lane_row, step_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.reckoned.waiting import (
    carrier_late,
    handled_at,
    minutes_late,
    papers_apart,
    unless_own_fault,
)
from app.pricing.told.claims import Claim, claims
from app.pricing.told.stop_clock import ClockEnd, ClockStart, Stay, stay_of


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
    counted: Counted
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
    method: Literal["detention_1", "detention_2"] = "detention_1"
    """The second also names each report of a delay that is the carrier's own."""
    clock_ends: ClockEnd = "departure"
    grace_minutes: Decimal | None = None
    """So much of an increment does not begin it yet."""
    cap_for: Literal["stop", "day", "shipment"] = "stop"
    """What the rows' cap is the most for; a day is the stop's local day."""
    layover_after_hours: Decimal | None = None
    """From there on layover is owed instead, so that no hour is billed twice."""
    rates: tuple[DetentionRow, ...]

    @property
    def shared_instead(self) -> tuple[Shared, ...]:
        """By what the card shares it where the agreed basis is missing."""
        return self.otherwise_by

    def flaws(self) -> Iterator[Flaw]:
        """Free time said twice or not at all, increments of nothing, grace or cap without use."""
        if (self.free_minutes is None) == (not self.free_time):
            what = "free time is either one number of minutes or a table by weight"
            yield Flaw(what=what, charge=self.charge, field="free_minutes")
        if self.increment_minutes <= 0:
            what = "an increment has at least one minute"
            yield Flaw(what=what, charge=self.charge, field="increment_minutes")
        graced = self.counted == "each increment begun beyond grace"
        if graced != (self.grace_minutes is not None):
            what = "`grace minutes` goes with `counted: each increment begun beyond grace`"
            yield Flaw(what=what, charge=self.charge, field="grace_minutes")
        elif self.grace_minutes is not None and self.grace_minutes >= self.increment_minutes:
            what = "the grace is shorter than an increment, or nothing would ever begin one"
            yield Flaw(what=what, charge=self.charge, field="grace_minutes")
        if self.cap_for != "stop" and all(row.cap is None for row in self.rates):
            what = f"`cap for: {self.cap_for}` needs rows with a cap"
            yield Flaw(what=what, charge=self.charge, field="cap_for")

    def flaws_beside(self, others: tuple[Term, ...]) -> Iterator[Flaw]:
        """Hours left to layover on a card that has none: they would be free in silence."""
        layovers = (each for each in others if "layover" in {each.charge, _shape_of(each)})
        if self.layover_after_hours is not None and next(layovers, None) is None:
            what = f"{self.charge} leaves hours to layover, and the card has no layover"
            yield Flaw(what=what, charge=self.charge, field="layover_after_hours")


def _shape_of(term: Term) -> str:
    return str(type(term).__struct_config__.tag)


class _Free(msgspec.Struct, frozen=True):
    """The free time and the rows that grant it."""

    minutes: Fraction
    rows: tuple[Row, ...] = ()


def detention(occasion: Occasion, term: Detention) -> tuple[Line, ...]:
    """A line for each stop where the truck waited too long, and for each claim."""
    claimed = [claim for claim in claims(occasion.unit) if claim.charge == term.charge]
    lines: list[Line] = []
    billed: dict[str, Fraction] = {}
    for stop in occasion.unit.stops:
        here = [claim for claim in claimed if claim.stop == stop.stop]
        waited = _at_stop(occasion, term, stop, here, billed)
        if isinstance(waited, Waited):
            line = _permitted(occasion, term, stop, waited.working)
            lines.append(line)
            if isinstance(line, Charge):
                for name, amount in waited.under_caps.items():
                    billed[name] = billed.get(name, Fraction(0)) + amount
        elif waited is not None:
            lines.append(waited)
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
    occasion: Occasion,
    term: Detention,
    stop: StopTimes,
    here: list[Claim],
    billed: Mapping[str, Fraction],
) -> Waited | Unpriced | None:
    """Nothing where nobody claims it and the times are not complete: then nobody can."""
    if not here and term.due == "when claimed":
        return None
    subject = here[0].accessorial if here else f"stop {stop.stop}"
    stay = stay_of(occasion.unit, stop, term.clock_ends)
    minutes = stay.minutes(term.clock_starts, term.clock_ends)
    if minutes is None or (term.excluded_when_carrier_late and stay.arrived is None):
        if not here:
            return _unsigned(occasion, term, stop, stay, subject)
        why = f"stop {stop.stop} has no complete times: {stay.told.value}"
        return unpriced(term, "no_times", why, subject, (*stay.inputs, here[0].told))
    waited = _waited(occasion, term, stop, stay, minutes, subject, billed)
    if isinstance(waited, Waited) and here:
        told = (*waited.working.inputs, *(claim.told for claim in here))
        working = msgspec.structs.replace(waited.working, inputs=told)
        return msgspec.structs.replace(waited, working=working)
    return waited


def _unsigned(
    occasion: Occasion, term: Detention, stop: StopTimes, stay: Stay, subject: str
) -> Unpriced | None:
    """A truck that waited beyond its free time and whose papers nobody shows may be owed."""
    left = stay.minutes(term.clock_starts)
    if term.clock_ends == "departure" or left is None:
        return None
    free = _free_minutes(occasion, term, stop, subject)
    if isinstance(free, Unpriced):
        return free
    if left <= free.minutes:
        return None
    why = f"stop {stop.stop} has no signed paper to end the clock: {stay.told.value}"
    return unpriced(term, "no_times", why, subject, stay.inputs)


def _waited(
    occasion: Occasion,
    term: Detention,
    stop: StopTimes,
    stay: Stay,
    minutes: Fraction,
    subject: str,
    billed: Mapping[str, Fraction],
) -> Waited | Unpriced | None:
    if is_dropped(term, minutes):
        dropped = _without_power(term, stay, minutes, subject)
        return Waited(dropped) if isinstance(dropped, Working) else dropped
    free = _free_minutes(occasion, term, stop, subject)
    if isinstance(free, Unpriced):
        return free
    over = _before_layover(term, minutes) - free.minutes
    grace = Fraction(term.grace_minutes or 0)
    units = increments(over, Fraction(term.increment_minutes), term.counted, grace)
    if not units:
        return None
    row = lane_row(occasion, term, term.rates, subject, handled_at(occasion, stop))
    if isinstance(row, Unpriced):
        return row
    if term.cap_for != "stop" and len(handled_at(occasion, stop)) > 1:
        why = f"the cap is for the {term.cap_for}, and several shipments share stop {stop.stop}"
        return unpriced(term, "no_allocation_basis", why, subject, stay.inputs)
    working = _working(term, stay, minutes, free, units, row)
    working = msgspec.structs.replace(working, subject=subject)
    return _within_cap(term, stay, free, units, row, working, billed)


def _working(
    term: Detention, stay: Stay, minutes: Fraction, free: _Free, units: Fraction, row: DetentionRow
) -> Working:
    """The increments at their rate, raised to the minimum of the stop."""
    counted = _before_layover(term, minutes)
    exact = units * Fraction(row.rate)
    text = (
        f"{number(counted)} min less {number(free.minutes)} free = "
        f"{number(counted - free.minutes)} min, "
        f"{number(units)} x {number(term.increment_minutes)} min x {rate(row.rate)}"
    )
    if counted != minutes:
        hours = number(term.layover_after_hours or Decimal(0))
        text = f"{number(minutes)} min, layover after {hours} h: {text}"
    if exact < row.minimum:
        text += f" = {money(exact)}, raised to the minimum {rate(row.minimum)}"
        exact = Fraction(row.minimum)
    return Working(
        quantity=units,
        unit=f"{number(term.increment_minutes)} min",
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=stay.inputs,
        rows=(row, *free.rows),
    )


def _within_cap(
    term: Detention,
    stay: Stay,
    free: _Free,
    units: Fraction,
    row: DetentionRow,
    working: Working,
    billed: Mapping[str, Fraction],
) -> Waited:
    """The amount cut to the cap of the stop, or to what the cap of day or shipment leaves."""
    if row.cap is None:
        return Waited(working)
    if term.cap_for == "stop":
        return Waited(capped(working, row.cap))
    if term.cap_for == "shipment":
        return under_caps(working, row.cap, {"shipment": working.exact}, billed)
    begins = stay.begins(term.clock_starts)
    assert begins is not None, "minutes are known, so the clock began"
    since = begins + timedelta(microseconds=int(free.minutes * 60 * 10**6))
    days = by_local_day(since, units, Fraction(term.increment_minutes), term.counted)
    parts = {day: working.exact * part / units for day, part in days.items()}
    return under_caps(working, row.cap, parts, billed)


def _before_layover(term: Detention, minutes: Fraction) -> Fraction:
    if term.layover_after_hours is None:
        return minutes
    return min(minutes, Fraction(term.layover_after_hours) * 60)


def is_dropped(term: Detention, minutes: Fraction) -> bool:
    """Whether a trailer that stood so long was left there, and nobody waited."""
    return term.dropped_above_hours is not None and minutes > term.dropped_above_hours * 60


def _without_power(
    term: Detention, stay: Stay, minutes: Fraction, subject: str
) -> Working | Unpriced | None:
    """The trailer was left; it is charged by its own rule, or not as live detention."""
    rule = term.without_power
    left = f"the trailer stood {number(minutes / 60)} h, above {term.dropped_above_hours} h"
    if rule is None:
        why = f"{left}, so it was dropped, and the card has no rate without power"
        return unpriced(term, "no_rate", why, subject, stay.inputs)
    over = minutes - Fraction(rule.free_minutes)
    if over <= 0:
        return None
    units = begun_increments(over / Fraction(rule.increment_minutes))
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
        inputs=stay.inputs,
        subject=subject,
    )


def _free_minutes(
    occasion: Occasion, term: Detention, stop: StopTimes, subject: str
) -> _Free | Unpriced:
    if term.free_minutes is not None:
        return _Free(Fraction(term.free_minutes))
    weight = _weight_at(occasion, stop)
    if weight is None:
        why = f"the free time depends on the weight at stop {stop.stop}, which nobody tells"
        return unpriced(term, "no_weight", why, subject)
    what = f"free time for {number(weight)} lb"
    step = step_row(occasion, term, term.free_time, weight, what, subject)
    return step if isinstance(step, Unpriced) else _Free(Fraction(step.free_minutes), (step,))


def _weight_at(occasion: Occasion, stop: StopTimes) -> Fraction | None:
    """What the stop's record says, else all that its shipments weigh together."""
    for record in (stop.actual, stop.planned):
        if record is not None and record.weight is not None:
            return record.weight.exactly_in(WeightUnit.LB)
    weights = [unit.attribute("weight") for unit in handled_at(occasion, stop)]
    if not all(isinstance(weight, Weight) for weight in weights):
        return None
    pounds = (each.exactly_in(WeightUnit.LB) for each in weights if isinstance(each, Weight))
    return sum(pounds, Fraction(0))


def _permitted(occasion: Occasion, term: Detention, stop: StopTimes, working: Working) -> Line:
    """The unit's share, unless the waiting was the carrier's own doing."""
    stay = stay_of(occasion.unit, stop, term.clock_ends)
    if apart := papers_apart(occasion, term, stop, term.clock_ends, stay, working.subject):
        return apart
    charge = charged(occasion, term, working)
    line = shared(occasion, term, charge, handled_at(occasion, stop), term.shared_by)
    if not isinstance(line, Charge):
        return line
    by = minutes_late(stay)
    waited = stay.minutes(term.clock_starts, term.clock_ends) or Fraction(0)
    if term.excluded_when_carrier_late and by is not None and not is_dropped(term, waited):
        return carrier_late(line, by)
    return unless_own_fault(occasion, term, stop, line, shown=term.method == "detention_2")
