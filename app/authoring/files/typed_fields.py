"""Typed reading of located YAML: fields of a map as texts, days, amounts, lists.

Every method notes a mistake at its place and goes on, so that one reading shows them all.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, nearest
from app.errors import Mistake, Place
from app.money import MINOR_UNITS, Money


class Notes:
    """The mistakes found so far in a set of files."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def add(self, place: Place, what: str, allowed: str = "", mend: str = "") -> None:
        """Note one mistake."""
        self.mistakes.append(Mistake(place=place, what=what, allowed=allowed, mend=mend))

    def once(self) -> list[Mistake]:
        """Every mistake, once: a base that several stand on is read with each of them."""
        return list(dict.fromkeys(self.mistakes))

    def wrong_word(self, scalar: Scalar, thing: str, allowed: Collection[str]) -> None:
        """Note a word that is not on its list, with the nearest that is."""
        close = nearest(scalar.text, allowed)
        self.add(
            scalar.place,
            f"{scalar.text!r} is not a {thing}",
            ", ".join(sorted(allowed)),
            f"did you mean {str(close)!r}?" if close else "",
        )


class Fields:
    """A map being read; `finish` notes every key that nobody asked for."""

    def __init__(self, node: Node, notes: Notes, thing: str) -> None:
        self.notes = notes
        self.thing = thing
        self.place = node.place
        self.map = node if isinstance(node, Mapping) else Mapping((), node.place)
        self.asked: set[str] = set()
        if not isinstance(node, Mapping):
            notes.add(node.place, f"a {thing} is written as `key: value` lines")

    def node(self, key: str) -> Node | None:
        """The value of a key, whatever it is."""
        self.asked.add(key)
        return self.map.get(key)

    def scalar(self, key: str, *, needed: bool = True) -> Scalar | None:
        """A single value; missing is a mistake where it is needed."""
        node = self.node(key)
        if isinstance(node, Scalar) and node.text.strip():
            return node
        if node is not None:
            self.notes.add(node.place, f"`{key}` of the {self.thing} needs one value")
        elif needed:
            self.notes.add(self.place, f"the {self.thing} has no `{key}`")
        return None

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it is needed."""
        scalar = self.scalar(key, needed=default is None)
        return scalar.text.strip() if scalar else default or ""

    def word(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of the allowed words."""
        scalar = self.scalar(key, needed=default is None)
        if scalar is None:
            return default or ""
        if scalar.text not in allowed:
            self.notes.wrong_word(scalar, key, allowed)
            return default or ""
        return scalar.text

    def yes_no(self, key: str, *, default: bool | None = None) -> bool:
        """`yes` or `no`."""
        fallback = None if default is None else ("yes" if default else "no")
        return self.word(key, ("yes", "no"), fallback) == "yes"

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number of zero or more."""
        scalar = self.scalar(key, needed=default is None)
        if scalar is None:
            return default or 0
        if not scalar.text.isdecimal():
            self.notes.add(scalar.place, f"{scalar.text!r} is not a whole number", "0, 1, 2, ...")
            return default or 0
        return int(scalar.text)

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        """An exact decimal."""
        scalar = self.scalar(key, needed=default is None)
        if scalar is None:
            return default or Decimal(0)
        return decimal_in(scalar, self.notes)

    def money(self, key: str) -> Money | None:
        """An amount with its currency, or None where the key is not there."""
        scalar = self.scalar(key, needed=False)
        return money_in(scalar, self.notes) if scalar else None

    def words(self, key: str) -> tuple[Scalar, ...]:
        """A list of texts, or one text; empty where the key is not there."""
        return scalars_in(self.node(key), self.notes)

    def days(self, key: str) -> tuple[date, date | None]:
        """`2026-01-01 onwards`, or `2026-01-01 until 2026-12-31` (both days included)."""
        scalar = self.scalar(key)
        if scalar is None:
            return date.min, None
        return days_in(scalar, self.notes)

    def finish(self) -> None:
        """Note the keys that mean nothing here."""
        for key, _ in self.map.entries:
            if key.text not in self.asked:
                self.notes.wrong_word(key, f"key of a {self.thing}", self.asked)


def scalars_in(node: Node | None, notes: Notes) -> tuple[Scalar, ...]:
    """The texts of a list, or a single text as a list of one."""
    if node is None:
        return ()
    if isinstance(node, Scalar):
        return (node,) if node.text.strip() else ()
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Scalar):
            found.append(item)
        else:
            notes.add(item.place, "a list of single values is expected")
    if isinstance(node, Mapping):
        notes.add(node.place, "a list of single values is expected")
    return tuple(found)


def decimal_in(scalar: Scalar, notes: Notes) -> Decimal:
    """The scalar as an exact decimal; thousands may be separated by commas."""
    try:
        value = Decimal(scalar.text.replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or "e" in scalar.text.lower():
        notes.add(scalar.place, f"{scalar.text!r} is not a number", "for example 12.50")
        return Decimal(0)
    return value


def money_in(scalar: Scalar, notes: Notes) -> Money | None:
    """The scalar as an amount: `1,250.00 USD`."""
    amount, _, currency = scalar.text.strip().partition(" ")
    if currency not in MINOR_UNITS:
        notes.add(
            scalar.place,
            f"{scalar.text!r} is not an amount of money",
            f"a number and one of {', '.join(MINOR_UNITS)}, for example 75.00 USD",
        )
        return None
    value = decimal_in(Scalar(amount, scalar.place), notes)
    return Money(value, currency)


def days_in(scalar: Scalar, notes: Notes) -> tuple[date, date | None]:
    """First day, and the day after the last (None where it does not end)."""
    words = scalar.text.split()
    allowed = "`2026-01-01 onwards` or `2026-01-01 until 2026-12-31`"
    try:
        if len(words) == 2 and words[1] == "onwards":
            return date.fromisoformat(words[0]), None
        if len(words) == 3 and words[1] == "until":
            first, last = date.fromisoformat(words[0]), date.fromisoformat(words[2])
            if first <= last:
                return first, date.fromordinal(last.toordinal() + 1)
    except ValueError:
        pass
    notes.add(scalar.place, f"{scalar.text!r} is not a span of days", allowed)
    return date.min, None
