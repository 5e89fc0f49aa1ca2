"""What a correction comes to in all: by customer and currency, and how many units it touches."""

from collections.abc import Iterable

import msgspec

from app.explanation.correction import Correction
from app.money import Money, total, zero


class Sum(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The changed units of one customer in one currency, those whose difference is known."""

    customer: str
    currency: str
    units: int = 0
    before: Money
    """What they were billed for, or came to."""
    up: Money
    """All that is owed more."""
    down: Money
    """All that is owed less; not above zero."""

    @property
    def net(self) -> Money:
        """What changes in all."""
        return self.up + self.down

    @property
    def comes_to(self) -> Money:
        """What they come to now."""
        return self.before + self.net


class Sums:
    """Counted unit by unit, so that none has to be kept."""

    def __init__(self) -> None:
        self.looked_at = self.changed = self.release_state_changed = self.not_known = 0
        self._by: dict[tuple[str, str], Sum] = {}

    @property
    def by_customer(self) -> tuple[Sum, ...]:
        """By customer and currency."""
        return tuple(each for _, each in sorted(self._by.items()))

    @property
    def by_currency(self) -> tuple[Sum, ...]:
        """All customers together, each currency by itself."""
        currencies = sorted({currency for _, currency in self._by})
        return tuple(_together(self.by_customer, currency) for currency in currencies)

    def add(self, correction: Correction) -> None:
        """Count one unit more."""
        self.looked_at += 1
        if not correction.changed:
            return
        self.changed += 1
        self.release_state_changed += correction.changes_release_state
        before, difference = correction.before, correction.difference
        if before is None or difference is None:
            self.not_known += 1
            return
        at = correction.customer, before.currency
        counted = _with(self._by.get(at) or _nothing(*at), before, difference)
        assert correction.comes_to == before + difference, "before and difference make it up"
        self._by[at] = counted


def _nothing(customer: str, currency: str) -> Sum:
    none = zero(currency)
    return Sum(customer=customer, currency=currency, before=none, up=none, down=none)


def _with(counted: Sum, before: Money, difference: Money) -> Sum:
    up = difference if difference.amount > 0 else zero(counted.currency)
    down = difference if difference.amount < 0 else zero(counted.currency)
    return msgspec.structs.replace(
        counted,
        units=counted.units + 1,
        before=counted.before + before,
        up=counted.up + up,
        down=counted.down + down,
    )


def _together(sums: Iterable[Sum], currency: str) -> Sum:
    mine = [each for each in sums if each.currency == currency]
    return Sum(
        customer="",
        currency=currency,
        units=sum(each.units for each in mine),
        before=total((each.before for each in mine), currency),
        up=total((each.up for each in mine), currency),
        down=total((each.down for each in mine), currency),
    )
