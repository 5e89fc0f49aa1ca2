"""LTL linehaul by hundredweight: what goods there are, and several classes on one bill.

Each item is rated at its own class in the break of the whole shipment's weight. Billed as if it
weighed the minimum of a higher break, every item takes that break's rate, and the deficit weight
is rated at the lowest of them (National Motor Freight Classification, item 640, and the carriers'
rules tariffs). Rounding point `half_up_1` of each item's gross charge and of the deficit's: each
stands in cents on the freight bill. The discount and the minimum are of their sum.
"""

from decimal import Decimal
from fractions import Fraction

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.measures import Weight, WeightUnit
from app.money import rounded_half_up
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.classes import DensityRow, Goods, goods_of
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, told, unpriced
from app.pricing.shapes.cwt_breaks import CwtBreaks, CwtRow, cwt_breaks, of_one_class

MIXED = "cwt_mixed_deficit_on_net_1"


def cwt_linehaul(occasion: Occasion, term: CwtBreaks) -> tuple[Line, ...]:
    """The linehaul of the goods, unless they are for a volume quotation."""
    if above := _above_limits(occasion, term):
        return (above,)
    items = occasion.unit.attribute("items")
    if not (items or term.fak or term.densities or term.method == MIXED):
        return cwt_breaks(occasion, term)
    goods = goods_of(occasion, term, term.fak, term.densities, term.weight_unit)
    if isinstance(goods, Unpriced):
        return (goods,)
    if term.method == MIXED:
        return (_mixed(occasion, term, goods),)
    classes = sorted({each.freight_class for each in goods})
    if len(classes) > 1:
        why = f"{term.method} rates one class, and the items are of {' and '.join(classes)}"
        return (unpriced(term, "no_rate", why, inputs=goods[0].inputs),)
    whole = sum((each.weight for each in goods), Fraction(0))
    found = "; ".join(dict.fromkeys(each.found for each in goods if each.found))
    one = msgspec.structs.replace(goods[0], weight=whole, found=found, rows=_density_rows(goods))
    return (of_one_class(occasion, term, one),)


def _density_rows(goods: tuple[Goods, ...]) -> tuple[DensityRow, ...]:
    return tuple(dict.fromkeys(row for each in goods for row in each.rows))


def _above_limits(occasion: Occasion, term: CwtBreaks) -> Unpriced | None:
    """What the table does not price although it has a rate for the weight."""
    unit = occasion.unit
    if term.linear_feet_from is not None:
        feet = unit.attribute("linear_feet")
        if not isinstance(feet, Decimal):
            why = "nobody tells the linear feet, from which on a volume quotation is needed"
            return unpriced(term, "no_quantity", why)
        if feet >= term.linear_feet_from:
            why = (
                f"linear foot rule: {number(feet)} ft is {number(term.linear_feet_from)} ft or "
                "more, which needs a volume quotation"
            )
            return unpriced(term, "no_rate", why, inputs=(told(unit, "linear_feet", feet),))
    return _bulky(unit, term) if term.cubic_capacity is not None else None


def _bulky(unit: BillableUnit, term: CwtBreaks) -> Unpriced | None:
    """The cubic capacity rule: large and light at once; either alone is priced."""
    rule = term.cubic_capacity
    assert rule is not None, "asked only where there is a rule"
    volume, weight = unit.attribute("volume"), unit.attribute("weight")
    if not isinstance(volume, Decimal) or not volume:
        why = "nobody tells the cubic feet, by which the cubic capacity rule is decided"
        return unpriced(term, "no_quantity", why)
    if not isinstance(weight, Weight):
        return unpriced(term, "no_weight", "nobody tells the weight")
    density = weight.exactly_in(WeightUnit.LB) / Fraction(volume)
    if volume < rule.volume_from or density >= rule.density_below:
        return None
    why = (
        f"cubic capacity rule: {number(volume)} cu ft of {number(density)} lb/cu ft is "
        f"{number(rule.volume_from)} cu ft or more below {number(rule.density_below)} lb/cu ft, "
        "which needs a volume quotation"
    )
    inputs: tuple[Input, ...] = (told(unit, "volume", volume), told(unit, "weight", weight))
    return unpriced(term, "no_rate", why, inputs=inputs)


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the freight bill: an item, or the deficit weight."""

    what: str
    weight: Fraction
    rate: Decimal
    gross: Decimal
    discount: Decimal

    @property
    def net(self) -> Fraction:
        """After its discount, exactly."""
        return Fraction(self.gross) * (1 - Fraction(self.discount) / 100)


class _Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """The price if the shipment is billed at this weight."""

    break_name: str
    weight: Fraction
    parts: tuple[_Part, ...]

    @property
    def gross(self) -> Decimal:
        """Before discount, as the lines of the bill add up."""
        return sum((part.gross for part in self.parts), Decimal(0))

    @property
    def discounts(self) -> set[Decimal]:
        """The different discounts of its lines."""
        return {part.discount for part in self.parts}

    def net(self, raised_to: Decimal) -> Fraction:
        """After discount; `raised_to` is a minimum that applies before it."""
        if self.gross < raised_to:
            (discount,) = self.discounts
            return Fraction(raised_to) * (1 - Fraction(discount) / 100)
        return sum((part.net for part in self.parts), Fraction(0))


def _mixed(occasion: Occasion, term: CwtBreaks, goods: tuple[Goods, ...]) -> Line:
    """The cheapest permitted weight after discount; on a tie the lower stands."""
    inputs = goods[0].inputs
    rows: list[CwtRow] = []
    for each in goods:
        row = lane_row(occasion, term, term.rates, freight_class=each.freight_class)
        if isinstance(row, Unpriced):
            return msgspec.structs.replace(row, inputs=inputs)
        rows.append(row)
    billed = sum((each.weight for each in goods), Fraction(0))
    candidates = _candidates(occasion, term, goods, rows, billed)
    if not candidates:
        why = f"the rows have no rate in one break for {number(billed)} {term.weight_unit}"
        return unpriced(term, "no_rate", why, inputs=inputs)
    if undecided := _undecided(term, rows, candidates):
        return unpriced(term, "ambiguous_rate", undecided, inputs=inputs)
    least = rows[0].minimum
    before = least if term.minimum_applies == "before discount" else Decimal(0)
    best = min(candidates, key=lambda each: (each.net(before), each.weight))
    exact, text = _after_minimum(term, best, least, _text(term, goods, best, billed))
    working = Working(
        quantity=best.weight / Fraction(term.per),
        unit=_unit(term),
        rate=best.parts[-1].rate,
        exact=exact,
        text=text,
        method=term.method,
        inputs=inputs,
        rows=(*{(row.table, row.line): row for row in rows}.values(), *_density_rows(goods)),
        rejected=tuple(
            _rejection(term, each, each.net(before), best.net(before))
            for each in candidates
            if each is not best
        ),
    )
    return charged(occasion, term, working)


def _undecided(term: CwtBreaks, rows: list[CwtRow], candidates: tuple[_Candidate, ...]) -> str:
    """What the rows of several classes leave open, empty where nothing."""
    if len({row.minimum for row in rows}) > 1:
        return "the classes have different minimums, and the card does not say which counts"
    raised = term.minimum_applies == "before discount" and rows[0].minimum
    if raised and any(len(each.discounts) > 1 for each in candidates):
        return "the minimum applies before discounts that differ by class"
    return ""


def _candidates(
    occasion: Occasion,
    term: CwtBreaks,
    goods: tuple[Goods, ...],
    rows: list[CwtRow],
    billed: Fraction,
) -> tuple[_Candidate, ...]:
    """The actual weight, then every higher break in which every class has a rate."""
    reached = [name for name, lowest in term.ascending if lowest <= billed]
    too_heavy = term.weight_below is not None and billed >= term.weight_below
    if too_heavy or any(reached[-1] not in row.rates for row in rows):
        return ()
    at = [(reached[-1], billed)]
    at += [(name, Fraction(lowest)) for name, lowest in term.ascending if lowest > billed]
    found = []
    for name, weight in at:
        if all(name in row.rates for row in rows):
            items = [
                _part(occasion, term, row, name, each.weight, _class_text(each))
                for each, row in zip(goods, rows, strict=True)
            ]
            if weight > billed:
                low = min(range(len(rows)), key=lambda at: _of_deficit(rows[at], name))
                what = f"deficit at {_class_text(goods[low])}"
                items.append(_part(occasion, term, rows[low], name, weight - billed, what))
            found.append(_Candidate(break_name=name, weight=weight, parts=tuple(items)))
    return tuple(found)


def _of_deficit(row: CwtRow, name: str) -> tuple[Decimal, Decimal]:
    """The lowest rate is the deficit's; of equal ones that with the greater discount."""
    return row.rates[name], -row.discount_at(name)


def _class_text(goods: Goods) -> str:
    return f"class {goods.freight_class}" if goods.freight_class else "no class"


def _part(
    occasion: Occasion, term: CwtBreaks, row: CwtRow, name: str, weight: Fraction, what: str
) -> _Part:
    """Rounding point `half_up_1` of a line of the freight bill."""
    exact = weight / Fraction(term.per) * Fraction(row.rates[name])
    return _Part(
        what=what,
        weight=weight,
        rate=row.rates[name],
        gross=rounded_half_up(exact, occasion.currency).amount,
        discount=row.discount_at(name),
    )


def _after_minimum(
    term: CwtBreaks, best: _Candidate, least: Decimal, text: str
) -> tuple[Fraction, str]:
    """The exact linehaul and its working, once discounts and the minimum had their say."""
    raised = term.minimum_applies == "before discount" and best.gross < least
    if raised:
        text += f" = {money(best.gross)}, raised to the minimum {rate(least)}"
    if len(best.discounts) == 1 and (discount := best.parts[0].discount):
        text += f"{'' if raised else f' = {money(best.gross)}'}, less {number(discount)}%"
    if raised:
        return best.net(least), text
    net = best.net(Decimal(0))
    if term.minimum_applies == "after discount" and net < least:
        return Fraction(least), f"{text} = {money(net)}, raised to the minimum {rate(least)}"
    return net, text


def _text(term: CwtBreaks, goods: tuple[Goods, ...], best: _Candidate, billed: Fraction) -> str:
    """`class 100: 9.00 cwt x 70.00 = 630.00; class 70: ...; in all 630.00 + 442.00`."""
    found = [each.found for each in goods if each.found]
    if best.weight > billed:
        found.append(
            f"{number(billed)} {term.weight_unit} rated as {number(best.weight)} "
            f"{term.weight_unit} (deficit {number(best.weight - billed)} {term.weight_unit})"
        )
    if len(best.parts) == 1:
        return "; ".join([*dict.fromkeys(found), _product_text(term, best.parts[0])])
    lines = [_line_text(term, part) for part in best.parts]
    alone = len(best.discounts) > 1
    summed = " + ".join(
        f"{money(part.gross)} less {number(part.discount)}%"
        if alone and part.discount
        else money(part.gross)
        for part in best.parts
    )
    return "; ".join([*dict.fromkeys(found), *lines, f"in all {summed}"])


def _line_text(term: CwtBreaks, part: _Part) -> str:
    return f"{_product_text(term, part)} = {money(part.gross)}"


def _product_text(term: CwtBreaks, part: _Part) -> str:
    quantity = number(part.weight / Fraction(term.per), 2)
    return f"{part.what}: {quantity} {_unit(term)} x {rate(part.rate)}"


def _unit(term: CwtBreaks) -> str:
    return "cwt" if term.per == 100 else str(term.weight_unit)


def _rejection(term: CwtBreaks, other: _Candidate, net: Fraction, best: Fraction) -> str:
    """`1M: class 100: 9.00 cwt x 80.00 = 720.00; ...; dearer by 28.00 after discount`."""
    lines = "; ".join(_line_text(term, part) for part in other.parts)
    text = f"{other.break_name}: {lines}"
    if other.discounts != {Decimal(0)}:
        percents = " and ".join(f"{number(each)}%" for each in sorted(other.discounts))
        text += f"; less {percents} = {money(net)}"
    over = net - best
    if not over:
        return f"{text}; costs the same after discount, and the lower weight stands"
    return f"{text}; dearer by {money(over)} after discount"
