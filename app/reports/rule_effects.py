"""What a rule does now: the money it holds or permits, and the units behind that.

The list adds up to the number: both are read of the same rows in one transaction.
"""

import msgspec


class MoneyOfRule(msgspec.Struct, frozen=True):
    """So many units and so much money of one currency; an empty currency: nothing is priced."""

    currency: str
    units: int
    minor: int


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
    after: AfterUnit | None = None
    """Where the next part begins; None where there is none."""

    @property
    def units_now(self) -> int:
        """How many units it acts on."""
        return sum(each.units for each in self.now)
