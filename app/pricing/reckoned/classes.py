"""Under which freight class goods are rated: told, found by density, or all kinds as one.

FAK (freight all kinds) rates several classes as one that was agreed, before any break is looked
up; what its exclusion list names keeps its own class. Goods whose class nobody tells have one
by density, pounds by cubic foot, where the card has the table for it, as the National Motor
Freight Classification has for many commodities. The density is never rounded.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from app.evidence.facts.freight import FreightItem
from app.measures import Weight, WeightUnit
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import StepRow, in_force
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import number
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Occasion, told, unpriced


class Fak(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Several classes rated as one; `classes` empty: all kinds."""

    rated_as: str
    classes: tuple[str, ...] = ()
    except_classes: tuple[str, ...] = ()
    except_nmfc: tuple[str, ...] = ()
    """Commodities that keep their class: `156600` with all its subs, or one as `156600-2`."""

    def flaws(self, charge: str, priced: tuple[str, ...]) -> Iterator[Flaw]:
        """A class without a row among those priced, or both rated as another and excepted."""
        at: dict[str, Any] = {"charge": charge, "field": "fak"}
        if not _bare((self.rated_as, "*")) & _bare(priced):
            what = f"rated as {self.rated_as}, for which there is no row"
            yield Flaw(what=what, word=self.rated_as, allowed=priced, **at)
        for name in sorted(_bare(self.classes) & _bare(self.except_classes)):
            yield Flaw(what=f"class {name} is both rated as {self.rated_as} and excepted", **at)


class DensityRow(StepRow, frozen=True, kw_only=True, omit_defaults=True):
    """The class of goods of this density, in pounds by cubic foot."""

    freight_class: str


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of one class, as they are rated."""

    freight_class: str
    """Empty where nobody tells one: then only rows for any class price it."""
    weight: Fraction
    """In the unit asked for."""
    found: str = ""
    """How the class was found, where it is not simply the one told."""
    inputs: tuple[Input, ...]
    rows: tuple[DensityRow, ...] = ()


class _Class(msgspec.Struct, frozen=True):
    name: str
    found: str = ""
    rows: tuple[DensityRow, ...] = ()


def goods_of(
    occasion: Occasion,
    term: Term,
    fak: Fak | None,
    densities: tuple[DensityRow, ...],
    unit: WeightUnit,
) -> tuple[Goods, ...] | Unpriced:
    """The goods of the unit, each with the class and weight by which it is rated.

    Items weigh together what the shipment weighs, or it is not known what is billed.
    """
    whole, inputs = _whole(occasion)
    items = _items(occasion)
    if items:
        inputs = (*inputs, told(occasion.unit, "items", "; ".join(str(each) for each in items)))
    missing = _unlike(items, whole.weight)
    if missing:
        return unpriced(term, "no_weight", missing, inputs=inputs)
    goods = []
    for item in items or (whole,):
        found = _class_of(occasion, term, item, fak, densities)
        if isinstance(found, Unpriced):
            return msgspec.structs.replace(found, inputs=inputs)
        assert item.weight is not None, "goods without a weight have no price"
        goods.append(
            Goods(
                freight_class=found.name,
                weight=item.weight.exactly_in(unit),
                found=found.found,
                inputs=inputs,
                rows=found.rows,
            )
        )
    return tuple(goods)


def _items(occasion: Occasion) -> tuple[FreightItem, ...]:
    value = occasion.unit.attribute("items")
    return value if isinstance(value, tuple) else ()


def _whole(occasion: Occasion) -> tuple[FreightItem, tuple[Input, ...]]:
    """The shipment as one item, and what of it was told."""
    unit = occasion.unit
    weight, volume = unit.attribute("weight"), unit.attribute("volume")
    whole = FreightItem(
        freight_class=unit.text("freight_class") or None,
        weight=weight if isinstance(weight, Weight) else None,
        volume=volume if isinstance(volume, Decimal) else None,
    )
    known = [(name, unit.attribute(name)) for name in ("weight", "freight_class", "volume")]
    return whole, tuple(told(unit, name, value) for name, value in known if value is not None)


def _unlike(items: tuple[FreightItem, ...], weight: Weight | None) -> str:
    """Why the weight to be rated is not known, empty where it is."""
    if not items:
        if weight is None:
            return "nobody tells the weight"
        return "" if weight.value else "the weight is 0"
    if any(item.weight is None or not item.weight.value for item in items):
        return "not every item tells its weight"
    parts = sum(
        (item.weight.exactly_in(WeightUnit.LB) for item in items if item.weight), Fraction(0)
    )
    if weight is not None and weight.exactly_in(WeightUnit.LB) != parts:
        return f"the items weigh {number(parts)} lb together, and the shipment {weight}"
    return ""


def _class_of(
    occasion: Occasion,
    term: Term,
    item: FreightItem,
    fak: Fak | None,
    densities: tuple[DensityRow, ...],
) -> _Class | Unpriced:
    """The class that the item tells or its density gives, and then what it is rated as."""
    if fak is not None and not (fak.classes or fak.except_classes or fak.except_nmfc):
        return _Class(fak.rated_as, f"all kinds rated as {fak.rated_as}")
    own = _Class((item.freight_class or "").strip())
    if not own.name and densities:
        found = _by_density(occasion, term, item, densities)
        if isinstance(found, Unpriced):
            return found
        own = found
    if fak is None:
        return own
    if not own.name:
        return unpriced(term, "no_rate", "nobody tells the class, and not all are rated as one")
    return _rated_as(term, item, own, fak)


def _by_density(
    occasion: Occasion, term: Term, item: FreightItem, densities: tuple[DensityRow, ...]
) -> _Class | Unpriced:
    if item.weight is None or not item.volume:
        why = "nobody tells a class or the cubic feet by which the density gives one"
        return unpriced(term, "no_quantity", why)
    pounds = item.weight.exactly_in(WeightUnit.LB)
    density = pounds / Fraction(item.volume)
    text = f"{number(pounds)} lb / {number(item.volume)} cu ft = {number(density)} lb/cu ft"
    known = in_force(densities, occasion.day, occasion.known_on)
    rows = tuple(row for row in known if row.holds(density))
    row = only(occasion, term, rows, f"the density {text}")
    if isinstance(row, Unpriced):
        return row
    return _Class(row.freight_class, f"{text}: class {row.freight_class} by density", (row,))


def _rated_as(term: Term, item: FreightItem, own: _Class, fak: Fak) -> _Class | Unpriced:
    """The class of the agreement, unless the class or the commodity is excepted from it."""
    name = own.name.upper()
    kept = _bare((fak.rated_as, *fak.except_classes))
    if name in kept or (fak.classes and name not in _bare(fak.classes)):
        return own
    nmfc = (item.nmfc or "").strip().upper()
    if fak.except_nmfc and not nmfc:
        why = f"class {own.name} is rated as {fak.rated_as} except some items, and none is told"
        return unpriced(term, "no_rate", why)
    if any(nmfc == each or nmfc.startswith(f"{each}-") for each in _bare(fak.except_nmfc)):
        return msgspec.structs.replace(own, found=_joined(own.found, f"NMFC {nmfc} excepted"))
    text = f"class {own.name} rated as {fak.rated_as}"
    return msgspec.structs.replace(own, name=fak.rated_as, found=_joined(own.found, text))


def _joined(*texts: str) -> str:
    return ", ".join(text for text in texts if text)


def _bare(names: tuple[str, ...]) -> set[str]:
    return {name.strip().upper() for name in names}
