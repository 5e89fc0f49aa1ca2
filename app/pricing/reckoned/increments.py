"""How waiting becomes increments, and what a cap keeps of their amount."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from app.pricing.lines.wording import money, rate
from app.pricing.reckoned.occasion import Working
from app.pricing.told.stop_clock import minutes_between

Counted = Literal[
    "each begun increment",
    "exactly",
    "each full increment",
    "nearest increment",
    "each increment begun beyond grace",
]
"""How time beyond the free time becomes increments; half of one is nearest to a whole one."""


class Waited(msgspec.Struct, frozen=True):
    """A working, and what of its amount falls under caps that several stops bear together."""

    working: Working
    under_caps: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    """By local day, or under one name for the whole shipment."""


def increments(over: Fraction, increment: Fraction, counted: Counted, grace: Fraction) -> Fraction:
    """Increments in the minutes beyond the free time; none where there are none."""
    if over <= 0:
        return Fraction(0)
    units = over / increment
    whole = Fraction(units.numerator // units.denominator)
    match counted:
        case "exactly":
            return units
        case "each begun increment":
            return begun_increments(units)
        case "each full increment":
            return whole
        case "nearest increment":
            return whole + (1 if units - whole >= Fraction(1, 2) else 0)
        case "each increment begun beyond grace":
            return whole + (1 if (units - whole) * increment > grace else 0)


def begun_increments(units: Fraction) -> Fraction:
    """One minute into an increment counts as all of it."""
    return Fraction(-(-units.numerator // units.denominator))


def by_local_day(
    since: datetime, units: Fraction, increment: Fraction, counted: Counted
) -> Mapping[str, Fraction]:
    """The increments by local day; one belongs to the day in which it begins.

    Time that is counted exactly is cut at midnight instead. Days are those of the offset
    that `since` bears.
    """
    days: dict[str, Fraction] = {}
    left, moment = units, since
    while left > 0:
        part = min(left, Fraction(1))
        if counted == "exactly":
            part = min(left, _to_midnight(moment) / increment)
        day = moment.date().isoformat()
        days[day] = days.get(day, Fraction(0)) + part
        left -= part
        moment += timedelta(microseconds=int(part * increment * 60 * 10**6))
    return days


def _to_midnight(moment: datetime) -> Fraction:
    midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return minutes_between(moment, midnight)


def capped(working: Working, cap: Decimal) -> Working:
    """The amount cut to the cap."""
    if working.exact <= cap:
        return working
    text = f"{working.text} = {money(working.exact)}, capped at {rate(cap)}"
    return msgspec.structs.replace(working, text=text, exact=Fraction(cap))


def under_caps(
    working: Working, cap: Decimal, parts: Mapping[str, Fraction], billed: Mapping[str, Fraction]
) -> Waited:
    """The amount with each part cut to what its cap still leaves.

    Args:
        working: the whole amount.
        cap: the most for each part.
        parts: the amount by the names of what the cap is for.
        billed: what other stops have used of each cap.
    """
    kept: dict[str, Fraction] = {}
    said = []
    for name, amount in parts.items():
        before = billed.get(name, Fraction(0))
        kept[name] = min(amount, max(Fraction(cap) - before, Fraction(0)))
        less = f" less {money(before)} billed at other stops" if before else ""
        cut = f" capped at {rate(cap)}{less}: {money(kept[name])}" if kept[name] < amount else ""
        said.append(f"{name} {money(amount)}{cut}")
    exact = sum(kept.values(), Fraction(0))
    if exact == working.exact:
        return Waited(working, kept)
    text = f"{working.text} = {money(working.exact)}; {', '.join(said)}; together"
    return Waited(msgspec.structs.replace(working, text=text, exact=exact), kept)
