"""Calendar and split month: at receipt, and for all on hand on the first day of each cycle.

By calendar a receipt owes a full month whenever it comes. By split month it does so up to a
day of the cycle, and afterwards half a month or the days that are left. A cycle that begins
on the 5th has its 15th day on the 19th.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from app.evidence.correlation.storage import Period
from app.pricing.shapes.storage.kept import Kept, Owed
from app.pricing.shapes.storage.terms import HalfMonth
from app.pricing.told.calendar_months import months_after
from app.pricing.told.stock import Stay

HALF = Fraction(1, 2)


def by_cycle(kept: Kept) -> tuple[Owed, ...] | str:
    """What each cycle of the period owes, or why that is not known yet."""
    owed: list[Owed] = []
    for stay in kept.stays:
        for day in _days_of(kept, stay):
            began = _cycle_of(day, kept.term.cycle_day)
            share = _share(kept, stay, day, began)
            if isinstance(share, str):
                return share
            times, written = share
            owed.append(
                Owed(
                    quantity=stay.quantity,
                    times=times,
                    written=written,
                    when=day.isoformat(),
                    age=kept.age(stay, day),
                )
            )
    return tuple(owed)


def _days_of(kept: Kept, stay: Stay) -> Iterator[date]:
    """When it owes something: as it comes, and whenever a cycle begins after that."""
    begins = kept.begins(stay)
    if kept.period.holds(begins) and kept.owes_on(stay, begins):
        yield begins
    for day in _cycle_starts(kept.period, kept.term.cycle_day):
        if day > begins and kept.lies(stay, day):
            yield day


def _cycle_starts(period: Period, cycle_day: int) -> Iterator[date]:
    day = _cycle_of(period.starts_on, cycle_day)
    while day < period.ends_before:
        if day >= period.starts_on:
            yield day
        day = months_after(day, 1)


def _cycle_of(day: date, cycle_day: int) -> date:
    """The first day of the cycle in which the day lies."""
    this_month = day.replace(day=cycle_day)
    return this_month if this_month <= day else months_after(this_month, -1)


def _share(kept: Kept, stay: Stay, day: date, began: date) -> tuple[Fraction, str] | str:
    """How much of a month it owes for the cycle, and how that reads."""
    split = kept.term.half_month
    if split is None:
        return Fraction(1), ""
    cut_off = began + timedelta(days=split.full_until)
    if day >= cut_off:
        return _late(split, day, began)
    if not split.half_when_out_until:
        return Fraction(1), ""
    if stay.left_on is not None and stay.left_on < cut_off:
        return HALF, "1/2"
    if stay.left_on is None and kept.period.ends_before < cut_off:
        last = cut_off - timedelta(days=1)
        return f"goods may leave until {last.isoformat()} for half a month, after the period's end"
    return Fraction(1), ""


def _late(split: HalfMonth, day: date, began: date) -> tuple[Fraction, str]:
    """Of goods that come after the cut-off."""
    if split.then == "half":
        return HALF, "1/2"
    ends = months_after(began, 1)
    left, whole = (ends - day).days, (ends - began).days
    return Fraction(left, whole), f"{left}/{whole}"
