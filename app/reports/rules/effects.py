"""What a rule does now: the money it holds or permits, and the units behind that.

The list adds up to the number where both are read in one transaction, of the same rows. Where there
is much, the number is as last counted, and the list is as things are now.
"""

from datetime import datetime

import msgspec


class MoneyOfRule(msgspec.Struct, frozen=True):
    """So many units and so much money of one currency; an empty currency: nothing is priced."""

    currency: str
    units: int
    minor: int


class TotalOfRule(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of one customer and so much of their money."""

    customer: str
    currency: str
    """Empty: nothing is priced."""
    units: int
    minor: int


class RuleTotals(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one rule has done and does now, as it is counted for every customer at once."""

    placed: dict[str, int] = {}
    """Holds that it has placed and that kept money, by customer."""
    now: tuple[TotalOfRule, ...] = ()

    def placed_for(self, customer: str) -> int:
        """Among the units of a customer; empty: of all."""
        return self.placed.get(customer, 0) if customer else sum(self.placed.values())

    def now_for(self, customer: str) -> tuple[MoneyOfRule, ...]:
        """By currency, among the units of a customer; empty: of all."""
        sums: dict[str, tuple[int, int]] = {}
        for each in self.now:
            if customer in {"", each.customer}:
                units, minor = sums.get(each.currency, (0, 0))
                sums[each.currency] = units + each.units, minor + each.minor
        return tuple(MoneyOfRule(currency, *sums[currency]) for currency in sorted(sums))


class UnitOfRule(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that the rule holds, or of which it permits something."""

    unit: str
    customer: str
    currency: str
    minor: int | None
    """None where nothing is priced."""


class AfterUnit(msgspec.Struct, frozen=True):
    """The last unit of the part of the list before: its money in minor units, and its name."""

    minor: int
    unit: str


class RuleEffects(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule has done and does now."""

    placed_ever: int | None
    """Holds that it has placed and that kept money; None of a rule that places none."""
    now: tuple[MoneyOfRule, ...]
    """What it holds or permits by the current decisions, by currency."""
    units: tuple[UnitOfRule, ...]
    """A part of the units behind `now`, the most money first."""
    after: AfterUnit | None
    """Where the next part begins; None where there is none."""
    counted_at: datetime
    """Of what moment `placed_ever` and `now` are."""

    @property
    def units_now(self) -> int:
        """How many units it acts on."""
        return sum(each.units for each in self.now)
