"""What rules look at: typed values, each with the facts it comes from."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from app.money import Money

# `gc=False`: nothing here can be part of a circle, so the collector need not look for one.

Value = bool | int | Decimal | date | Money | str
"""Typed as the glossary says: whole numbers are int, numbers Decimal, words and texts str."""


class Seen(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One value, or None where nobody has told it, and the facts behind it."""

    value: Value | None
    fact_ids: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One document, charge, stop, ... of the unit; `key` is unique within its entity."""

    entity: str
    key: str
    values: Mapping[str, Seen]
    evidence: tuple[tuple[str, str], ...] = ()
    """Further values worth showing to a person: text and fact id."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A priced unit as rules see it."""

    unit: Mapping[str, Seen]
    items: tuple[Item, ...]
