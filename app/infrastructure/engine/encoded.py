"""Values as a child is told them: each with its type, amounts and decimals as their text.

This key turns them into whole numbers itself (`exact`), so it never holds the Decimals that
the other key compares.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from app.errors import EngineError
from app.judgement.rulebook.seen import Value
from app.money import Money


class Amount(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="money"):
    """Money, its amount as text."""

    amount: str
    currency: str


class Number(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="number"):
    """A Decimal as text."""

    text: str


class Day(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="day"):
    """A date as its ordinal."""

    ordinal: int


class Whole(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="whole"):
    """An int of more than 64 bits, as text."""

    text: str


Encoded = bool | int | str | Amount | Number | Day | Whole
"""A value with its type."""


class Thing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An item of the unit with the values somebody has told."""

    entity: str
    key: str
    values: Mapping[str, Encoded]


def encoded(value: Value) -> Encoded:
    """The value with its type."""
    kind = type(value)
    if kind is str or kind is bool:
        return value  # type: ignore[return-value]  # its type was just looked at
    if isinstance(value, Money):
        return Amount(str(value.amount), value.currency)
    if isinstance(value, Decimal):
        return Number(str(value))
    if kind is int:
        assert isinstance(value, int), "its type was just looked at"
        return value if -(2**63) <= value < 2**63 else Whole(str(value))
    if kind is date:
        assert isinstance(value, date), "its type was just looked at"
        return Day(value.toordinal())
    raise EngineError(f"a {kind.__name__} is not a value that a rule can look at")
