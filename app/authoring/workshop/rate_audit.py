"""What a draft of a card would do to many shipments: how many it prices, and what is wrong.

A card that is refused can be audited, for its mistakes show best on real shipments; it prices
nothing else, because only accepted cards do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.money import Money, total
from app.pricing.lines.charge import RowUsed, Unpriced
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price

MANY = 3
"""From here on the number of rates is no longer told apart."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A shipment that the card does not price, and why."""

    unit: str
    charge: str
    problem: str
    why: str
    rows: tuple[RowUsed, ...] = ()

    def __str__(self) -> str:
        """`1447139129: freight no_rate: no row of freight for ...`."""
        return f"{self.unit.partition(':')[2]}: {self.charge} {self.problem}: {self.why}"


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The shipments by the number of rates that hold for them."""

    with_rates: dict[int, int]
    """Number of rates, `MANY` and more as one, to the number of shipments."""
    left_out: int
    """Shipments that are nobody's to price."""
    charged: Money | None
    """The sum of what was priced."""
    findings: tuple[Finding, ...]

    def of(self, problem: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(each for each in self.findings if each.problem == problem)


def audited(card: RateCard, units: Iterable[BillableUnit], left_out: int, known_on: date) -> Audit:
    """Every unit rated by the card.

    Args:
        card: a draft, refused or not.
        units: what is rated; each stands alone.
        left_out: how many were not handed over.
        known_on: the day whose knowledge of prices counts.
    """
    counts: Counter[int] = Counter()
    charged: list[Money] = []
    findings: list[Finding] = []
    for unit in units:
        rated = price(unit, (), (), card, known_on)
        counts[min(_most_rates(rated.unpriced, priced=bool(rated.charges)), MANY)] += 1
        charged.extend(charge.amount for charge in rated.charges)
        findings.extend(_findings(unit, rated.unpriced))
    return Audit(
        with_rates=dict(sorted(counts.items())),
        left_out=left_out,
        charged=total(charged, card.currency) if charged else None,
        findings=tuple(findings),
    )


def _most_rates(unpriced: tuple[Unpriced, ...], *, priced: bool) -> int:
    """None where something has no price at all, else the most between which it is undecided."""
    if not unpriced:
        return int(priced)
    return min(len(each.rows) for each in unpriced)


def _findings(unit: BillableUnit, unpriced: tuple[Unpriced, ...]) -> Iterator[Finding]:
    for each in unpriced:
        yield Finding(
            unit=unit.unit,
            charge=each.charge,
            problem=each.problem,
            why=each.why,
            rows=each.rows,
        )
