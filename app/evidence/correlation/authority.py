"""Whose value counts where sources disagree; every disagreement is kept as a finding."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from app.evidence.facts.freight import FreightItem
from app.evidence.facts.party import Place
from app.measures import Distance, Weight, plain
from app.money import Money

Rank = tuple[bool, int, str, str]
"""Whether it happened, revision, moment in UTC, fact id."""

Value = str | Decimal | Weight | Distance | Place | Money | tuple[FreightItem, ...]


class Owner(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who owns one attribute: systems in order of authority, and what may differ.

    `tolerance` and `tolerance_percent` bound the difference to the value that counts; both
    must hold where both are given (numbers in the unit of that value).
    """

    attribute: str
    systems: tuple[str, ...]
    tolerance: Decimal = Decimal(0)
    tolerance_percent: Decimal | None = None
    customer: str = ""
    """Empty for everybody; a customer's own entry goes before."""


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """The owners of all attributes, as `rules/authority.yaml` lists them."""

    owners: tuple[Owner, ...]

    def owner_of(self, attribute: str, customer: str) -> Owner | None:
        """The customer's own entry, else everybody's, else None."""
        mine = [owner for owner in self.owners if owner.attribute == attribute]
        return next(
            (owner for owner in mine if owner.customer == customer and customer),
            next((owner for owner in mine if not owner.customer), None),
        )


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One source's word on one attribute."""

    value: Value
    fact_id: str
    """The fact, or the last of several whose values were added up."""
    system: str
    actual: bool
    """It happened; otherwise it was planned, estimated or requested."""
    rank: Rank
    """The greatest is the source's last word."""
    voice: str
    """System, instance and thing described: one voice has one last word."""
    partial: bool = False
    """Some summand is not known; a value like that never counts undisputed."""
    added_to: tuple[str, ...] = ()
    """Facts with the other summands: an order may leave in several shipments."""


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute after authority has spoken; `others` are all last words it overruled."""

    name: str
    counts: Told
    others: tuple[Told, ...]
    disputed: bool
    """A last word differs from the value that counts by more than is tolerated."""
    owned: bool
    """The value comes from a system that has authority over it."""


def settle(name: str, told: Sequence[Told], owner: Owner | None) -> Attribute:
    """The value that counts among what was told (at least one).

    The first system in the owner's list that said anything wins; its latest revision
    counts. Where no listed system spoke, the value stands but is not owned.
    """
    last: dict[str, Told] = {}
    for word in sorted(told, key=lambda word: word.rank):
        last[word.voice] = word
    systems = owner.systems if owner else ()

    def standing(word: Told) -> tuple[int, Rank]:
        place = systems.index(word.system) if word.system in systems else len(systems)
        return -place, word.rank

    words = sorted(last.values(), key=standing, reverse=True)
    counts, others = words[0], tuple(words[1:])
    return Attribute(
        name=name,
        counts=counts,
        others=others,
        disputed=counts.partial or any(_disputes(name, other, counts, owner) for other in others),
        owned=counts.system in systems,
    )


MEASURED = frozenset({"weight", "pallets", "volume", "spaces", "linear_feet", "distance"})


def _disputes(name: str, other: Told, counts: Told, owner: Owner | None) -> bool:
    """A planned measure that was overtaken by what happened disputes nothing.

    Who, where to and for how much is agreed and not measured: there every word counts.
    """
    overtaken = name in MEASURED and counts.actual and not other.actual
    return not overtaken and differs(counts.value, other.value, owner)


def differs(counts: Value, other: Value, owner: Owner | None) -> bool:
    """Whether the other value is outside what the owner tolerates."""
    match counts, other:
        case Place(), Place():
            return _are_different_places(counts, other)
        case Weight(), Weight():
            return _outside(counts.exactly_in(counts.unit), other.exactly_in(counts.unit), owner)
        case Distance(), Distance():
            return _outside(counts.exactly_in(counts.unit), other.exactly_in(counts.unit), owner)
        case Money(), Money():
            if counts.currency != other.currency:
                return True
            return _outside(Fraction(counts.amount), Fraction(other.amount), owner)
        case Decimal(), Decimal():
            return _outside(Fraction(counts), Fraction(other), owner)
        case tuple(), tuple():
            return counts != other
        case str(), str():
            return counts.strip().upper() != other.strip().upper()
        case _:
            return True


def _outside(counts: Fraction, other: Fraction, owner: Owner | None) -> bool:
    gap = abs(counts - other)
    if owner is None:
        return gap > 0
    if owner.tolerance_percent is not None:
        # Of nothing no percentage can be taken: then only equality passes.
        if gap > abs(counts) * Fraction(owner.tolerance_percent) / 100:
            return True
        return bool(owner.tolerance) and gap > Fraction(owner.tolerance)
    return gap > Fraction(owner.tolerance)


def _are_different_places(one: Place, other: Place) -> bool:
    """City and region decide, the postal code where a city is missing; streets are spelt anyhow."""
    if one.city.strip() and other.city.strip():
        return _town(one) != _town(other)
    return one.postal_code.strip()[:5] != other.postal_code.strip()[:5]


def _town(place: Place) -> tuple[str, str]:
    return place.city.strip().upper(), place.region.strip().upper()


def shown(value: object) -> str:
    """A value for reading."""
    if isinstance(value, tuple):
        return "; ".join(str(each) for each in value)
    return plain(value) if isinstance(value, Decimal) else str(value)
