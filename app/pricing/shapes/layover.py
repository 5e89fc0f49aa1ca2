"""Layover: a truck that is kept so long at a stop that its driver stays the night.

It replaces detention from the agreed hour on: a card that counts the same hours as both is
refused. Waiting that is the carrier's own doing is worked out, shown and excluded.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from app.evidence.correlation.unit import StopTimes
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import Shared, Term
from app.pricing.lines.charge import Charge, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.loads import shared
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.reckoned.waiting import (
    carrier_late,
    handled_at,
    minutes_late,
    papers_apart,
    unless_own_fault,
)
from app.pricing.shapes.detention import Detention
from app.pricing.told.claims import Claim, claims
from app.pricing.told.stop_clock import ClockEnd, ClockStart, Stay, stay_of


class LayoverRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one day or night, and the most for one stop."""

    rate: Decimal
    cap: Decimal | None = None


class Layover(Term, frozen=True, kw_only=True, omit_defaults=True, tag="layover"):
    """The clock, after how many hours of it layover begins, and what is counted from there."""

    clock_starts: ClockStart
    clock_ends: ClockEnd = "departure"
    after_hours: Decimal
    counted: Literal["each begun 24 hours", "each night"]
    """A night is one local midnight that passes while the truck still stands there."""
    due: Literal["when measured", "when claimed"] = "when measured"
    excluded_when_carrier_late: bool = True
    shared_by: Shared = ""
    """How shipments that were handled at one stop of a load bear it."""
    method: Literal["layover_1"] = "layover_1"
    rates: tuple[LayoverRow, ...]

    def flaws_beside(self, others: tuple[Term, ...]) -> Iterator[Flaw]:
        """Detention that counts hours which layover counts, too."""
        for other in others:
            if not isinstance(other, Detention):
                continue
            if other.layover_after_hours is None or other.layover_after_hours > self.after_hours:
                what = f"{other.charge} and {self.charge} would bill the same hours"
                mend = f"{other.charge} says `layover after hours: {number(self.after_hours)}`"
                yield Flaw(what=what, charge=self.charge, field="after_hours", mend=mend)
            elif (other.clock_starts, other.clock_ends) != (self.clock_starts, self.clock_ends):
                what = f"{other.charge} and {self.charge} go by different clocks"
                yield Flaw(what=what, charge=self.charge, field="clock_starts")
            if other.dropped_above_hours is not None:
                what = f"{other.charge} takes a trailer that stays so long as dropped"
                mend = "without a driver there is no layover: take one of the two"
                yield Flaw(what=what, charge=self.charge, field="after_hours", mend=mend)


def layover(occasion: Occasion, term: Layover) -> tuple[Line, ...]:
    """A line for each stop where the truck was kept, and for each claim without times."""
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
            f"{claim.accessorial} claims layover at stop {claim.stop or '(none named)'}, "
            f"of which no times are known",
            claim.accessorial,
            (claim.told,),
        )
        for claim in claimed
        if claim.stop not in known
    )
    return tuple(lines)


def _at_stop(occasion: Occasion, term: Layover, stop: StopTimes, here: list[Claim]) -> Line | None:
    """Nothing where nobody claims it and the times are not complete: then nobody can."""
    if not here and term.due == "when claimed":
        return None
    subject = here[0].accessorial if here else f"stop {stop.stop}"
    stay = stay_of(occasion.unit, stop, term.clock_ends)
    inputs = (*stay.inputs, *(claim.told for claim in here))
    minutes = stay.minutes(term.clock_starts, term.clock_ends)
    if minutes is None or (term.excluded_when_carrier_late and stay.arrived is None):
        stood = stay.minutes(term.clock_starts)
        if not here and (stood is None or stood <= term.after_hours * 60):
            return None
        why = f"stop {stop.stop} has no complete times: {stay.told.value}"
        return unpriced(term, "no_times", why, subject, inputs)
    units = _units(term, stay, minutes)
    if not units:
        return None
    if apart := papers_apart(occasion, term, stop, term.clock_ends, stay, subject):
        return apart
    row = lane_row(occasion, term, term.rates, subject, handled_at(occasion, stop))
    if isinstance(row, Unpriced):
        return row
    night = term.counted == "each night"
    over = minutes - Fraction(term.after_hours) * 60
    text = (
        f"{number(minutes / 60)} h less {number(term.after_hours)} h = {number(over / 60)} h, "
        f"{units} x {'night' if night else 'begun 24 h'} x {rate(row.rate)}"
    )
    exact = units * Fraction(row.rate)
    if row.cap is not None and exact > row.cap:
        text += f" = {money(exact)}, capped at {rate(row.cap)}"
        exact = Fraction(row.cap)
    working = Working(
        quantity=Fraction(units),
        unit="night" if night else "day",
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=inputs,
        rows=(row,),
        subject=subject,
    )
    return _permitted(occasion, term, stop, stay, charged(occasion, term, working))


def _units(term: Layover, stay: Stay, minutes: Fraction) -> int:
    """Days begun, or midnights passed, once the agreed hours are over."""
    over = minutes - Fraction(term.after_hours) * 60
    if over <= 0:
        return 0
    if term.counted == "each begun 24 hours":
        return -(-over.numerator // (over.denominator * 1440))
    return _midnights(term, stay)


def _midnights(term: Layover, stay: Stay) -> int:
    """Local days by the offsets that the times themselves bear, right across a change of them."""
    begun, ended = stay.begins(term.clock_starts), stay.ends(term.clock_ends)
    assert begun is not None, "minutes are known, so the clock began"
    assert ended is not None, "minutes are known, so the clock ended"
    since = begun + timedelta(seconds=int(term.after_hours * 3600))
    return max((ended.date() - since.date()).days, 0)


def _permitted(
    occasion: Occasion, term: Layover, stop: StopTimes, stay: Stay, charge: Charge
) -> Line:
    """The unit's share, unless the waiting was the carrier's own doing."""
    line = shared(occasion, term, charge, handled_at(occasion, stop), term.shared_by)
    if not isinstance(line, Charge):
        return line
    by = minutes_late(stay)
    if term.excluded_when_carrier_late and by is not None:
        return carrier_late(line, by)
    return unless_own_fault(occasion, term, stop, line, shown=True)
