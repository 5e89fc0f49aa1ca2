"""LTL linehaul per hundredweight with weight breaks, deficit weight, discount and minimum.

A shipment may be billed as if it weighed the minimum of a higher break where that is
cheaper. All higher breaks are candidates, because rates are not always monotonic; on a
tie the lower weight stands. Breaks follow the LTL trade's reading, "500 lbs. but less
than 1,000 lbs.": the lower bound belongs to the break, the upper does not.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, Literal

import msgspec

from app.measures import Weight, WeightUnit
from app.money import rounded_half_up
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.classes import DensityRow, Fak, Goods
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, told, unpriced

CwtMethod = Literal[
    "cwt_deficit_on_net_1",
    "cwt_deficit_on_gross_1",
    "cwt_no_deficit_1",
    "cwt_break_weight_1",
    "cwt_mixed_deficit_on_net_1",
]
"""Cheapest after discount, cheapest before discount, or always the actual weight.

The break weight is SAP's reading: only the lower end of the next break is compared, after
discount; a break further up that would be cheaper still is not looked at.
Mixed is the same as the first for goods of several classes; see `cwt_mixed`.
"""


class CwtRow(LaneRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rates of one lane and class, by the name of the break; a missing one is no rate."""

    COLUMNS: ClassVar[Mapping[str, str]] = {
        "rates": "{}",
        "discount_percents": "discount percent {}",
    }
    rates: dict[str, Decimal]
    discount_percent: Decimal = Decimal(0)
    discount_percents: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """Where a break has a discount of its own."""
    minimum: Decimal = Decimal(0)
    """The absolute minimum charge."""

    def discount_at(self, break_name: str) -> Decimal:
        """The discount of a break, in percent."""
        return self.discount_percents.get(break_name, self.discount_percent)


class CubicCapacity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bulky and light: so many cubic feet or more, of a lower density than so many pounds each."""

    volume_from: Decimal
    density_below: Decimal


class CwtBreaks(Term, frozen=True, kw_only=True, omit_defaults=True, tag="cwt breaks"):
    """How the table is read."""

    method: CwtMethod
    interval: Literal["from inclusive"]
    """Said aloud, because tariffs differ about the bound itself."""
    minimum_applies: Literal["before discount", "after discount"]
    breaks: dict[str, Decimal]
    """Name of the break to its lowest weight; stored in no order, read by weight."""
    weight_below: Decimal | None = None
    """Weights from here on are not priced by this table."""
    linear_feet_from: Decimal | None = None
    """Freight that takes so much of the trailer's length, or more, needs a volume quotation."""
    cubic_capacity: CubicCapacity | None = None
    """So does freight that is as bulky and light as this."""
    fak: Fak | None = None
    """Classes that are rated as one, before any break is looked up."""
    densities: tuple[DensityRow, ...] = ()
    """The class of goods whose class nobody tells."""
    weight_unit: WeightUnit = WeightUnit.LB
    per: Decimal = Decimal(100)
    """So many of the unit cost the rate once."""
    rates: tuple[CwtRow, ...]

    @property
    def ascending(self) -> tuple[tuple[str, Decimal], ...]:
        """The breaks from the lightest up."""
        return tuple(sorted(self.breaks.items(), key=lambda each: each[1]))

    def flaws(self) -> Iterator[Flaw]:
        """Breaks that leave weights out or meet, and rows that do not fit them."""
        lowest = [bound for _, bound in self.ascending]
        at: dict[str, Any] = {"charge": self.charge, "field": "breaks"}
        if not lowest or lowest[0] != 0:
            yield Flaw(what="the first break begins at 0, or light shipments have no price", **at)
        if self.per <= 0:
            yield Flaw(what="a rate is for more than nothing", charge=self.charge, field="per")
        for low, high in pairwise(lowest):
            if high == low:
                yield Flaw(what=f"two breaks begin at {rate(high)}", **at)
        reached = self.method != "cwt_no_deficit_1" or self.weight_below is None
        for name, bound in self.ascending if not reached else ():
            if self.weight_below is not None and bound >= self.weight_below:
                what = f"no weight reaches {name}: the table ends below {rate(self.weight_below)}"
                yield Flaw(what=what, **at)
        if self.fak is not None:
            classes = tuple(dict.fromkeys(row.freight_class for row in self.rates))
            yield from self.fak.flaws(self.charge, classes)
        for row in self.rates:
            yield from self._flaws_of_row(row)

    def _flaws_of_row(self, row: CwtRow) -> Iterator[Flaw]:
        for name in sorted((row.rates.keys() | row.discount_percents.keys()) - self.breaks.keys()):
            yield Flaw(
                what=f"no break is called {name!r}",
                charge=self.charge,
                row=row,
                word=name,
                allowed=tuple(self.breaks),
            )
        for percent in (row.discount_percent, *row.discount_percents.values()):
            if percent > 100:
                yield Flaw(
                    what=f"a discount of {rate(percent)}% is more than the price",
                    charge=self.charge,
                    row=row,
                    field="discount_percent",
                )


class _Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """The price if the shipment is billed at this weight."""

    break_name: str
    weight: Fraction
    rate: Decimal
    gross: Decimal
    discount: Decimal
    net: Fraction


def cwt_breaks(occasion: Occasion, term: CwtBreaks) -> tuple[Line, ...]:
    """The linehaul by the cheapest permitted weight."""
    weight = occasion.unit.attribute("weight")
    if not isinstance(weight, Weight) or not weight.value:
        why = "the weight is 0" if isinstance(weight, Weight) else "nobody tells the weight"
        return (unpriced(term, "no_weight", why),)
    read = (told(occasion.unit, "weight", weight),)
    row = lane_row(occasion, term, term.rates)
    if isinstance(row, Unpriced):
        return (msgspec.structs.replace(row, inputs=read),)
    return (_linehaul(occasion, term, row, weight.exactly_in(term.weight_unit), read),)


def of_one_class(occasion: Occasion, term: CwtBreaks, goods: Goods) -> Line:
    """The same for goods whose class was found, not simply told."""
    row = lane_row(occasion, term, term.rates, freight_class=goods.freight_class)
    if isinstance(row, Unpriced):
        return msgspec.structs.replace(row, inputs=goods.inputs)
    line = _linehaul(occasion, term, row, goods.weight, goods.inputs)
    if not isinstance(line, Charge) or not goods.found:
        return line
    rows = (*line.rows, *(each.used() for each in goods.rows))
    return msgspec.structs.replace(line, formula=f"{goods.found}: {line.formula}", rows=rows)


def _linehaul(
    occasion: Occasion, term: CwtBreaks, row: CwtRow, billed: Fraction, read: tuple[Input, ...]
) -> Line:
    candidates = tuple(_candidates(occasion.currency, term, row, billed))
    if not candidates:
        why = f"{row} has no rate for {number(billed)} {term.weight_unit}"
        return unpriced(term, "no_rate", why, inputs=read)
    best = _best(term, candidates)
    exact, text = _after_minimum(term, row, best, _text(term, best, billed))
    working = Working(
        quantity=best.weight / Fraction(term.per),
        unit="cwt" if term.per == 100 else str(term.weight_unit),
        rate=best.rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=read,
        rows=(row,),
        rejected=tuple(_rejection(term, each, best) for each in candidates if each is not best),
    )
    return charged(occasion, term, working)


def billed_by(
    currency: str, term: CwtBreaks, row: CwtRow, weight: Fraction
) -> tuple[str, Fraction] | None:
    """The break and the weight by which a weight is billed, None where it has no rate."""
    candidates = tuple(_candidates(currency, term, row, weight))
    if not candidates:
        return None
    best = _best(term, candidates)
    return best.break_name, best.weight


def _candidates(
    currency: str, term: CwtBreaks, row: CwtRow, billed: Fraction
) -> Iterator[_Candidate]:
    """The actual weight, then every higher break at its lowest weight; none without a rate."""
    if term.weight_below is not None and billed >= term.weight_below:
        return
    reached = [name for name, lowest in term.ascending if lowest <= billed]
    if not reached or reached[-1] not in row.rates:
        return
    yield _candidate(currency, term, row, reached[-1], billed)
    if term.method == "cwt_no_deficit_1":
        return
    higher = [each for each in term.ascending if each[1] > billed]
    for name, lowest in higher[:1] if term.method == "cwt_break_weight_1" else higher:
        if name in row.rates:
            yield _candidate(currency, term, row, name, Fraction(lowest))


def _candidate(
    currency: str, term: CwtBreaks, row: CwtRow, name: str, weight: Fraction
) -> _Candidate:
    """Rounding point `half_up_1` of the gross charge, which stands on the freight bill."""
    exact = weight / Fraction(term.per) * Fraction(row.rates[name])
    gross = rounded_half_up(exact, currency).amount
    discounted = max(gross, row.minimum) if term.minimum_applies == "before discount" else gross
    discount = row.discount_at(name)
    return _Candidate(
        break_name=name,
        weight=weight,
        rate=row.rates[name],
        gross=gross,
        discount=discount,
        net=Fraction(discounted) * (1 - Fraction(discount) / 100),
    )


def _best(term: CwtBreaks, candidates: Iterable[_Candidate]) -> _Candidate:
    """The cheapest; of two that cost the same the lower weight."""
    return min(candidates, key=lambda each: (_compared(term, each), each.weight))


def _compared(term: CwtBreaks, candidate: _Candidate) -> Fraction:
    if term.method == "cwt_deficit_on_gross_1":
        return Fraction(candidate.gross)
    return candidate.net


def _after_minimum(
    term: CwtBreaks, row: CwtRow, best: _Candidate, text: str
) -> tuple[Fraction, str]:
    """The exact linehaul and its working, once the absolute minimum had its say."""
    before = term.minimum_applies == "before discount"
    if before and best.gross < row.minimum:
        text += f" = {money(best.gross)}, raised to the minimum {rate(row.minimum)}"
    if best.discount:
        shown = "" if before and best.gross < row.minimum else f" = {money(best.gross)}"
        text += f"{shown}, less {number(best.discount)}%"
    if not before and best.net < row.minimum:
        text += f" = {money(best.net)}, raised to the minimum {rate(row.minimum)}"
        return Fraction(row.minimum), text
    return best.net, text


def _text(term: CwtBreaks, best: _Candidate, billed: Fraction) -> str:
    unit = "cwt" if term.per == 100 else str(term.weight_unit)
    text = f"{number(best.weight / Fraction(term.per), 2)} {unit} x {rate(best.rate)}"
    if best.weight == billed:
        return text
    deficit = f"deficit {number(best.weight - billed)} {term.weight_unit}"
    rated = f"rated as {number(best.weight)} {term.weight_unit}"
    return f"{number(billed)} {term.weight_unit} {rated} ({deficit}): {text}"


def _rejection(term: CwtBreaks, other: _Candidate, best: _Candidate) -> str:
    """`M1M: 18.00 cwt x 58.21 = 1,047.78, less 70% = 314.33: dearer by 18.00`."""
    text = (
        f"{other.break_name}: {number(other.weight / Fraction(term.per), 2)} x "
        f"{rate(other.rate)} = {money(other.gross)}"
    )
    if other.discount:
        text += f", less {number(other.discount)}% = {money(other.net)}"
    over = _compared(term, other) - _compared(term, best)
    on = "before discount" if term.method == "cwt_deficit_on_gross_1" else "after discount"
    if not over:
        return f"{text}; costs the same {on}, and the lower weight stands"
    return f"{text}; dearer by {money(over)} {on}"
