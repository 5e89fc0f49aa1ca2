"""The lines of storage: one for each rate that goods of the period's stock are owed at."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

import msgspec

from app.pricing.agreed.rows import in_force
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import number, rate
from app.pricing.reckoned.billed_period import billed_period
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.shapes.storage.anniversaries import on_anniversaries
from app.pricing.shapes.storage.cycles import by_cycle
from app.pricing.shapes.storage.days import by_day, on_average
from app.pricing.shapes.storage.kept import Kept, Owed
from app.pricing.shapes.storage.levels import at_peak, on_named_day
from app.pricing.shapes.storage.terms import Storage, StorageRow
from app.pricing.told.stock import movements_of, stays_of, told_in

METHODS: Mapping[str, Callable[[Kept], tuple[Owed, ...] | str]] = {
    "storage_anniversary_1": on_anniversaries,
    "storage_split_month_1": by_cycle,
    "storage_calendar_1": by_cycle,
    "storage_daily_1": by_day,
    "storage_peak_1": at_peak,
    "storage_average_1": on_average,
    "storage_snapshot_1": on_named_day,
}


def storage(occasion: Occasion, term: Storage) -> tuple[Line, ...]:
    """A line for each rate; nothing where nothing was stored."""
    period = billed_period(occasion, term)
    if isinstance(period, Unpriced):
        return (period,)
    moved = movements_of(occasion.unit, term, period.ends_before)
    if isinstance(moved, str):
        return (unpriced(term, "no_quantity", moved),)
    inputs = told_in(moved, term.counts, period.starts_on)
    fifo = term.outs_without_lot == "first in first out" or not term.needs_lots
    stays = stays_of(moved, oldest_first=fifo)
    if isinstance(stays, str):
        return (unpriced(term, "no_quantity", stays, inputs=inputs),)
    owed = METHODS[term.method](Kept(stays=stays, period=period, term=term))
    if isinstance(owed, str):
        return (unpriced(term, "no_quantity", owed, inputs=inputs),)
    return _lines(occasion, term, owed, inputs)


def _lines(
    occasion: Occasion, term: Storage, owed: Iterable[Owed], inputs: tuple[Input, ...]
) -> tuple[Line, ...]:
    """What is owed by rate, lowest age first; goods of an age without a rate have no price."""
    by_row: dict[str, tuple[StorageRow, list[Owed]]] = {}
    without: dict[int, Unpriced] = {}
    for each in owed:
        row = _row(occasion, term, each.age)
        if isinstance(row, Unpriced):
            without[each.age] = msgspec.structs.replace(row, inputs=inputs)
        else:
            by_row.setdefault(row.row, (row, []))[1].append(each)
    priced = sorted(by_row.values(), key=lambda found: found[0].at_least)
    return (
        *(_line(occasion, term, row, some, inputs) for row, some in priced),
        *(line for _, line in sorted(without.items())),
    )


def _row(occasion: Occasion, term: Storage, age: int) -> StorageRow | Unpriced:
    known = in_force(term.rates, occasion.day, occasion.known_on)
    found = tuple(row for row in known if row.holds(Fraction(age)))
    what = f"{term.counts} {age} {term.ages_in} in stock" if term.has_ages else term.counts
    return only(occasion, term, found, what)


def _line(
    occasion: Occasion,
    term: Storage,
    row: StorageRow,
    owed: list[Owed],
    inputs: tuple[Input, ...],
) -> Line:
    """All that is owed at one rate; the code of a later age says from when on."""
    quantity = sum((each.quantity * each.times for each in owed), Fraction(0))
    unit = _unit(term)
    text = f"{_added_up(owed)} = {number(quantity)} {unit} x {rate(row.rate)}"
    exact = quantity * Fraction(row.rate)
    if term.rate_days != 1:
        text += f" / {term.rate_days}"
        exact /= term.rate_days
    since = f"from {number(row.at_least)} {term.ages_in}"
    working = Working(
        quantity=quantity,
        unit=unit,
        rate=row.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=inputs,
        rows=(row,),
        description=f"{term.title}, {since}" if row.at_least else term.title,
    )
    charge = charged(occasion, term, working)
    if not row.at_least:
        return charge
    return msgspec.structs.replace(charge, code="_".join([term.charge, *since.split()]))


def _added_up(owed: Iterable[Owed]) -> str:
    """`100 (2026-03-10) + 40 x 1/2 (2026-03-20)`: what is alike is one summand."""
    alike: dict[tuple[str, Fraction, str], Fraction] = defaultdict(Fraction)
    for each in owed:
        alike[each.when, -each.times, each.written] += each.quantity
    return " + ".join(
        f"{number(quantity)}"
        + (f" x {written}" if written else "")
        + (f" ({when})" if when else "")
        for (when, _, written), quantity in sorted(alike.items())
    )


def _unit(term: Storage) -> str:
    """What the rate is for: `pallet-month`, `pallet-day`, or only `pallet`."""
    match term.method:
        case "storage_daily_1":
            return f"{term.counts}-day"
        case "storage_anniversary_1":
            return f"{term.counts}-{term.every}"
        case "storage_split_month_1" | "storage_calendar_1":
            return f"{term.counts}-month"
        case _:
            return term.counts
