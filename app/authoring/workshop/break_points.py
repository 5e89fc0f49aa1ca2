"""From which weight on a shipment is billed as if it weighed the minimum of a higher break.

Found by the calculation that prices shipments and not by a formula of its own, so the
rounding of the gross charge, discounts by break and minimums are in it: 2,000 lb at 49.39
cost less than 1,697 lb at 58.21 and more than 1,696 lb. The price of the real weight never
falls within a break and the price of a higher break does not depend on it, so there is one
such weight in each break, and halving finds it.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from app.pricing.lines.wording import number, rate
from app.pricing.shapes.cwt_breaks import CwtBreaks, CwtRow, billed_by


class BreakPoint(msgspec.Struct, frozen=True, kw_only=True):
    """The first whole weight of a break that a row bills as a higher one."""

    charge: str
    row: str
    """`row 12 of tables/linehaul.csv`."""
    break_name: str
    """The break it really falls in."""
    begins: int
    below: Decimal
    """Where the break ends; there the weight is billed as what it is."""
    billed_as: Fraction
    billed_by: str
    """The break whose minimum is billed."""
    unit: str

    def __str__(self) -> str:
        """`row 1 of linehaul.csv, 1M: from 1,697 lb billed as 2,000 lb (2M)`."""
        return (
            f"{self.charge}, {self.row}, {self.break_name}: from {self.begins:,} {self.unit} "
            f"billed as {number(self.billed_as)} {self.unit} ({self.billed_by})"
        )


def break_points(term: CwtBreaks, currency: str, most: int) -> Iterator[BreakPoint]:
    """The break points of the rows with the first `most` different prices, each worked out once."""
    known: dict[bytes, tuple[BreakPoint, ...]] = {}
    for row in term.rates:
        prices = _prices(row)
        if prices not in known and len(known) < most:
            known[prices] = tuple(_of_row(term, currency, row))
        for point in known.get(prices, ()):
            yield msgspec.structs.replace(point, row=str(row))


def different_prices(term: CwtBreaks) -> int:
    """How many different prices its rows have."""
    return len(set(map(_prices, term.rates)))


def _prices(row: CwtRow) -> bytes:
    """What of a row decides about its break points."""
    prices = (row.rates, row.discount_percent, row.discount_percents, row.minimum)
    return msgspec.json.encode(prices, order="sorted")


def _of_row(term: CwtBreaks, currency: str, row: CwtRow) -> Iterator[BreakPoint]:
    for (name, lowest), (_, end) in pairwise(term.ascending):
        first = max(int(lowest.to_integral_value(ROUND_CEILING)), 1)
        below = end if term.weight_below is None else min(end, term.weight_below)
        begins = _first_deficit(term, currency, row, first, below)
        if begins is None:
            continue
        billed = billed_by(currency, term, row, Fraction(begins))
        assert billed is not None, "a weight that is billed as another has a price"
        yield BreakPoint(
            charge=term.charge,
            row=str(row),
            break_name=name,
            begins=begins,
            below=below,
            billed_as=billed[1],
            billed_by=billed[0],
            unit=str(term.weight_unit),
        )


def _first_deficit(
    term: CwtBreaks, currency: str, row: CwtRow, first: int, below: Decimal
) -> int | None:
    """The first whole weight from `first` to below `below` that is billed as more."""
    last = int(below.to_integral_value(ROUND_CEILING)) - 1
    if last < first or not _deficit(term, currency, row, last):
        return None
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if _deficit(term, currency, row, middle):
            high = middle
        else:
            low = middle + 1
    return low


def _deficit(term: CwtBreaks, currency: str, row: CwtRow, weight: int) -> bool:
    billed = billed_by(currency, term, row, Fraction(weight))
    return billed is not None and billed[1] > weight


def odd_breaks(term: CwtBreaks) -> Iterator[tuple[CwtRow, str]]:
    """Rows with a break that is dearer than the one below it, or that has no rate at all."""
    for row in term.rates:
        for name, lowest in term.ascending:
            if name not in row.rates:
                at = f"from {rate(lowest)} {term.weight_unit}"
                yield row, f"{name} ({at}) has no rate, so what weighs as much has no price"
        priced = [name for name, _ in term.ascending if name in row.rates]
        for low, high in pairwise(priced):
            if _net_rate(term, row, low) < _net_rate(term, row, high):
                yield (
                    row,
                    (
                        f"{high} at {_shown(term, row, high)} is dearer than "
                        f"{low} at {_shown(term, row, low)}"
                    ),
                )


def _net_rate(term: CwtBreaks, row: CwtRow, name: str) -> Fraction:
    """What the method compares: the rate before discount, or what is left of it."""
    if term.method == "cwt_deficit_on_gross_1":
        return Fraction(row.rates[name])
    return Fraction(row.rates[name]) * (1 - Fraction(row.discount_at(name)) / 100)


def _shown(term: CwtBreaks, row: CwtRow, name: str) -> str:
    discount = row.discount_at(name)
    if term.method == "cwt_deficit_on_gross_1" or not discount:
        return rate(row.rates[name])
    return f"{rate(row.rates[name])} less {number(discount)}%"
