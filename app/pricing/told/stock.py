"""What a customer keeps at a warehouse, reckoned from every movement and never from a count.

A receipt is a lot of its own unless it names one. What leaves is taken from the lot it
names, the oldest receipt of it first. Days are the local days of the movements; on one day
what came counts before what went, so that the order in which movements are told is nothing.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import msgspec

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit, local_day
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.warehouse import InventoryMovement, MovementReason
from app.pricing.agreed.term import StockTerm
from app.pricing.lines.charge import Input
from app.pricing.lines.wording import number

ORDINARY = "ordinary"
"""The storage class of goods that name none."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One movement in the unit of measure that is counted."""

    movement: str
    item: str
    lot: str
    day: date
    quantity: Fraction
    """Signed: what went out is negative."""
    reason: MovementReason | None
    fact_ids: tuple[str, ...]

    def told(self, unit: str) -> Input:
        """The movement as an input of a charge."""
        sign = "+" if self.quantity > 0 else ""
        lot = f", lot {self.lot}" if self.lot else ""
        value = f"{sign}{number(self.quantity)} {unit} of {self.item}{lot}, {self.day.isoformat()}"
        return Input(name=f"movement {self.movement}", value=value, fact_ids=self.fact_ids)


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that came on one day and left on one day, or are still there."""

    item: str
    lot: str
    quantity: Fraction
    came_on: date
    left_on: date | None


def movements_of(unit: BillableUnit, term: StockTerm, before: date) -> tuple[Moved, ...] | str:
    """The stock movements that a charge counts, by day, or why they are not known.

    Args:
        unit: a storage period.
        term: which unit of measure and which classes of goods are counted.
        before: the first day that no longer counts.
    """
    found: list[Moved] = []
    known = False
    for name, words in _last_words(unit).items():
        said = words[0][0]
        if len({_agreeing(each, fact) for each, fact in words}) > 1:
            return f"movement {name} is reported in different ways"
        day = local_day(words[0][1])
        if day >= before:
            continue
        known = True
        if not said.quantity or _left_out(said, term):
            continue
        counted = _measured(said, term.counts)
        if counted is None:
            return f"movement {name} tells {said.unit} and not {term.counts}, which is counted"
        if term.classes and _class_of(said) not in term.classes:
            return f"movement {name} is of storage class {_class_of(said)}, which has no price"
        found.append(
            Moved(
                movement=name,
                item=said.item,
                lot=said.lot,
                day=day,
                quantity=counted if said.quantity > 0 else -counted,
                reason=said.reason,
                fact_ids=tuple(sorted(fact.fact_id for _, fact in words)),
            )
        )
    if not known:
        return f"no movement of the stock of {unit.unit} is reported"
    return tuple(sorted(found, key=lambda moved: (moved.day, moved.quantity < 0, moved.movement)))


def _last_words(unit: BillableUnit) -> Mapping[str, list[tuple[InventoryMovement, Fact]]]:
    """By movement, the last word of each source; what is only planned has not moved."""
    last: dict[str, dict[tuple[str, str], tuple[InventoryMovement, Fact]]] = defaultdict(dict)
    for fact in sorted(unit.movements, key=rank):
        if isinstance(fact.said, InventoryMovement) and fact.classifier is Classifier.ACTUAL:
            voice = fact.source.system, fact.source.instance
            last[fact.said.movement][voice] = fact.said, fact
    return {name: list(words.values()) for name, words in sorted(last.items())}


def _agreeing(said: InventoryMovement, fact: Fact) -> tuple[object, ...]:
    """What all who report a movement have to say alike."""
    return (
        said.item,
        said.lot,
        said.quantity,
        said.unit,
        said.measures,
        said.reason,
        said.storage_class,
        local_day(fact),
    )


def _left_out(said: InventoryMovement, term: StockTerm) -> bool:
    """What something else prices, and what only changed its place."""
    return (
        said.reason is MovementReason.RELOCATION
        or _class_of(said) in term.classes_not_counted
        or said.unit in term.not_counted
    )


def _class_of(said: InventoryMovement) -> str:
    return said.storage_class or ORDINARY


def _measured(said: InventoryMovement, unit: str) -> Fraction | None:
    """How much moved in that unit, without its sign; None where nobody tells it."""
    if said.unit == unit:
        return abs(Fraction(said.quantity))
    told = [measure.quantity for measure in said.measures if measure.unit == unit]
    return Fraction(told[0]) if len(told) == 1 else None


class _Layer(msgspec.Struct, kw_only=True):
    """What is left of one receipt."""

    lot: str
    came_on: date
    left: Fraction


def stays_of(moved: Iterable[Moved], *, oldest_first: bool) -> tuple[Stay, ...] | str:
    """The stock as stays, or why it cannot be reckoned.

    Args:
        moved: in the order of `movements_of`.
        oldest_first: whether what leaves without a lot is taken from the oldest of its item.
    """
    of_item: dict[str, deque[_Layer]] = defaultdict(deque)
    of_lot: dict[tuple[str, str], deque[_Layer]] = defaultdict(deque)
    stays: list[Stay] = []
    for each in moved:
        if each.quantity > 0:
            lot = each.lot or each.movement
            layer = _Layer(lot=lot, came_on=each.day, left=each.quantity)
            of_item[each.item].append(layer)
            of_lot[each.item, lot].append(layer)
            continue
        if not each.lot and not oldest_first:
            return (
                f"movement {each.movement} takes out {each.item} and names no lot, "
                f"and the card does not say which goes first"
            )
        layers = of_lot[each.item, each.lot] if each.lot else of_item[each.item]
        stays.extend(taken := _taken(each, layers))
        if missing := -each.quantity - sum((stay.quantity for stay in taken), Fraction(0)):
            whose = f"{each.item}, lot {each.lot}," if each.lot else each.item
            return (
                f"the stock of {whose} is {number(missing)} below zero on "
                f"{each.day.isoformat()} with movement {each.movement}"
            )
    remaining = (
        Stay(item=item, lot=layer.lot, quantity=layer.left, came_on=layer.came_on, left_on=None)
        for item, layers in of_item.items()
        for layer in layers
        if layer.left
    )
    return (*stays, *remaining)


def _taken(out: Moved, layers: deque[_Layer]) -> list[Stay]:
    """What leaves, from the oldest layer on, as far as there is any."""
    wanted = -out.quantity
    stays: list[Stay] = []
    while wanted and layers:
        layer = layers[0]
        part = min(wanted, layer.left)
        if part:
            stays.append(
                Stay(
                    item=out.item,
                    lot=layer.lot,
                    quantity=part,
                    came_on=layer.came_on,
                    left_on=out.day,
                )
            )
        layer.left -= part
        wanted -= part
        if not layer.left:
            layers.popleft()
    return stays


def on_hand(stays: Iterable[Stay], morning: date) -> Fraction:
    """How much lay there when the day began."""
    return sum(
        (
            stay.quantity
            for stay in stays
            if stay.came_on < morning and (stay.left_on is None or stay.left_on >= morning)
        ),
        Fraction(0),
    )


def told_in(moved: Iterable[Moved], unit: str, since: date) -> tuple[Input, ...]:
    """The movements as inputs: those before the day in one, those from it on one by one."""
    every = tuple(moved)
    before = [each for each in every if each.day < since]
    opening = sum((each.quantity for each in before), Fraction(0))
    facts = tuple(sorted({fact_id for each in before for fact_id in each.fact_ids}))
    stock = Input(
        name=f"stock on the morning of {since.isoformat()}",
        value=f"{number(opening)} {unit}",
        fact_ids=facts,
    )
    return (
        *((stock,) if before else ()),
        *(each.told(unit) for each in every if each.day >= since),
    )
