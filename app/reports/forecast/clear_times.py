"""The curves of all groups of holds, fitted to their spells: what is stored, and asked."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from app.reports.forecast.curve import WHOLE, Lasting, Point, curve_of, lasting

ENOUGH = 30
"""So many holds that lasted as long make a group count, and so many closed ones a forecast."""
MOST_GROUPS = 200
"""Besides those of a whole code, those with the most holds: a page reads them all."""
MINUTE = timedelta(minutes=1)
RESOLVED = ("cleared", "waived")
Key = tuple[str, str, str]


class Waiting(Protocol):
    """A hold as far as it matters when it will clear."""

    @property
    def code(self) -> str:
        """Of the catalogue."""

    @property
    def carrier(self) -> str:
        """Empty where none is told."""

    @property
    def customer(self) -> str:
        """Empty where none is told."""

    @property
    def opened_at(self) -> datetime:
        """When it came."""


class Ended(Waiting, Protocol):
    """And how it ended."""

    @property
    def closed_at(self) -> datetime | None:
        """None while it is open."""

    @property
    def how(self) -> str:
        """`cleared`, `waived` or `gone`; empty while it is open."""

    @property
    def reopened(self) -> bool:
        """Whether it came back: it was not resolved."""


class Basis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What history a forecast rests on."""

    code: str
    carrier: str = ""
    """Empty where all carriers are taken together, and so the customers."""
    customer: str = ""
    closed: int = 0
    """How many of these holds were resolved."""
    lasted: int = 0
    """How many of them had lasted longer than the hold in question has by now."""

    @property
    def enough(self) -> bool:
        """Whether there is a forecast."""
        return self.lasted >= ENOUGH


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All holds of a code, at one carrier or all, for one customer or all."""

    code: str
    carrier: str = ""
    customer: str = ""
    closed: int
    unseen: int = 0
    """How many were not seen clearing: open, gone, or back again."""
    points: tuple[Point, ...]

    @property
    def key(self) -> Key:
        """In the order of which groups are kept."""
        return (self.code, self.carrier, self.customer)


class ClearTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The curves of all groups with enough holds, and of every code."""

    as_of: datetime
    """What happened after it is not in them."""
    groups: tuple[Group, ...]
    """By code, carrier and customer."""

    def group(self, key: Key) -> Group | None:
        """One of them."""
        place = bisect_left(self.groups, key, key=_key)
        found = self.groups[place] if place < len(self.groups) else None
        return found if found is not None and found.key == key else None


def fitted(spells: Iterable[Ended], moment: datetime) -> ClearTimes:
    """The curves of what was known at a moment of all these spells, each looked at once."""
    held: dict[Key, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for spell in spells:
        if spell.opened_at < moment:
            minutes, resolved = _lasted(spell, moment)
            for key in keys_of(spell):
                held[key][0 if resolved else 1].append(minutes)
    kept = sorted(
        (key for key in held if any(key[1:]) and _many(held[key]) >= ENOUGH),
        key=lambda key: (-_many(held[key]), key),
    )[:MOST_GROUPS]
    codes = [key for key in held if not any(key[1:])]
    return ClearTimes(
        as_of=moment, groups=tuple(_group(key, *held[key]) for key in sorted([*kept, *codes]))
    )


def keys_of(hold: Waiting) -> Iterator[Key]:
    """The groups it belongs to, the most specific first; what is not told makes no group."""
    code, carrier, customer = hold.code, hold.carrier, hold.customer
    if carrier and customer:
        yield (code, carrier, customer)
    if customer:
        yield (code, "", customer)
    if carrier:
        yield (code, carrier, "")
    yield (code, "", "")


def history_of(tables: ClearTimes, hold: Waiting, moment: datetime) -> tuple[Basis, Lasting]:
    """The most specific history of which enough holds lasted as long, closed or not.

    Where too few of those are closed there is no forecast, and nothing wider is asked: often
    they are few because such holds take long, and others would make them look quick.
    """
    age = minutes_between(hold.opened_at, moment)
    basis, rest = Basis(code=hold.code), Lasting(age, WHOLE, ())
    for key in keys_of(hold):
        group = tables.group(key)
        if group is not None:
            basis, rest = from_age(group, age)
            if rest.seen >= ENOUGH:
                break
    return basis, rest


def from_age(group: Group, age: int) -> tuple[Basis, Lasting]:
    """What a group says of a hold that has lasted to an age in minutes."""
    code, carrier, customer = group.key
    rest = lasting(group.points, age)
    return Basis(
        code=code, carrier=carrier, customer=customer, closed=group.closed, lasted=rest.closed
    ), rest


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes."""
    assert start <= end, "nothing lasts before it begins"
    return (end - start) // MINUTE


def _many(minutes: tuple[list[int], list[int]]) -> int:
    cleared, unseen = minutes
    return len(cleared) + len(unseen)


def _key(group: Group) -> Key:
    return group.key


def _lasted(spell: Ended, moment: datetime) -> tuple[int, bool]:
    """For how many minutes it was seen open, and whether it was resolved then."""
    closed_at = spell.closed_at
    if closed_at is None or closed_at > moment:
        return minutes_between(spell.opened_at, moment), False
    assert spell.how in {*RESOLVED, "gone"}, f"no hold ends {spell.how!r}"
    resolved = spell.how in RESOLVED and not spell.reopened
    return minutes_between(spell.opened_at, closed_at), resolved


def _group(key: Key, cleared: list[int], unseen: list[int]) -> Group:
    code, carrier, customer = key
    return Group(
        code=code,
        carrier=carrier,
        customer=customer,
        closed=len(cleared),
        unseen=len(unseen),
        points=curve_of(cleared, unseen),
    )
