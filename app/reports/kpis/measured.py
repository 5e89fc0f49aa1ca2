"""Rows become a number, with how many it is of, what is open and what was left out.

Percentiles are by nearest rank: the smallest value that at least so many of the values do not
exceed; so each is a value that occurred. Durations are whole seconds, a mean of them the nearest
second (halves up). Money is never added across currencies.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from app.reports.kpis.conditions import Part
from app.reports.kpis.definition import Amount, AmountTime, By, Kpi, Measure, Quotient
from app.reports.kpis.taken import Taken

DAY_S = 86_400
BUCKETS = (("0-1 d", 1), ("1-3 d", 3), ("3-7 d", 7), ("7-30 d", 30))
OLDER = "30+ d"
"""Spans of age, each up to and without its end."""
MOST_GROUPS = 50
OTHERS = "(all others)"
"""Together, where a number is taken apart into more groups than anybody reads."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How values are spread: whole seconds, or plain numbers."""

    p50: int
    p90: int
    mean: int
    longest: int
    total: int


class Sum(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money of one currency, in minor units; times seconds, where a KPI takes time into it."""

    currency: str
    minor: int
    over: int | None = None
    """What it is a part of, where it is one."""


class Bucket(msgspec.Struct, frozen=True):
    """How many are of an age."""

    span: str
    n: int


class LeftOut(msgspec.Struct, frozen=True):
    """Rows that are not counted, and why."""

    why: str
    n: int


class Open(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What has begun and not ended: never in the number."""

    n: int
    hits: int | None = None
    """Of a share: how many of them are above the line so far."""
    age: Spread | None = None


class Measured(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One number and what stands behind it."""

    n: int
    hits: int | None = None
    """Of a share: how many of `n`; of a ratio: how many over `n`."""
    spread: Spread | None = None
    money: tuple[Sum, ...] = ()
    unpriced: int = 0
    """How many of `n` have no price, and are in no sum of money."""
    buckets: tuple[Bucket, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    open: Open | None = None

    @property
    def looked_at(self) -> int:
        """Everything the KPI is about: counted, open, or left out."""
        open_too = 0 if self.open is None else self.open.n
        return self.n + open_too + sum(each.n for each in self.left_out)


class GroupOf(msgspec.Struct, frozen=True, kw_only=True):
    """The number of one customer, carrier, code, ...; the value is empty where none is told."""

    value: str
    measured: Measured


def measured(kpi: Kpi, takings: Iterable[Taken]) -> Measured:
    """What was taken of the rows of a KPI's cohort comes to."""
    apart: dict[Part, list[Taken]] = {part: [] for part in Part}
    for each in takings:
        apart[each.part].append(each)
    counted = apart[Part.COUNTED]
    left_out = Counter(each.why for each in apart[Part.LEFT_OUT])
    money, unpriced = _money(kpi, counted)
    return Measured(
        n=len(counted),
        hits=_hits(kpi, counted),
        spread=_spread_of(kpi, counted),
        money=money,
        unpriced=unpriced,
        buckets=_buckets(counted) if kpi.buckets else (),
        left_out=tuple(LeftOut(why, left_out[why]) for why in sorted(left_out)),
        open=_open(kpi, apart[Part.OPEN]),
    )


def leading(kpi: Kpi, takings: Iterable[Taken], by: By) -> tuple[str, ...]:
    """The values of a dimension, those with the most rows first, as many as anybody reads."""
    counts = Counter(each.of(kpi, by) for each in takings)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value))[:MOST_GROUPS])


def grouped(
    kpi: Kpi, takings: Iterable[Taken], by: By, values: Sequence[str]
) -> tuple[GroupOf, ...]:
    """The number of each of the values, and of all others together, so that nothing is lost."""
    apart: dict[str, list[Taken]] = {value: [] for value in values}
    rest: list[Taken] = []
    for each in takings:
        apart.get(each.of(kpi, by), rest).append(each)
    if rest:
        apart[OTHERS] = rest
    return tuple(GroupOf(value=value, measured=measured(kpi, apart[value])) for value in apart)


def made_of(quotient: Quotient, parts: Mapping[str, Measured]) -> Measured:
    """One KPI by another, both as measured."""
    over = parts[quotient.over]
    signed = [(1, parts[name]) for name in quotient.plus]
    signed += [(-1, parts[name]) for name in quotient.minus]
    if not quotient.money:
        return Measured(n=over.n, hits=sum(sign * each.n for sign, each in signed))
    above: Counter[str] = Counter()
    for sign, each in signed:
        for one in each.money:
            above[one.currency] += sign * one.minor
    below = {each.currency: each.minor for each in over.money}
    sums = (
        Sum(currency=currency, minor=above[currency], over=below.get(currency, 0))
        for currency in sorted({*above, *below})
    )
    unpriced = over.unpriced + sum(each.unpriced for _, each in signed)
    return Measured(n=over.n, money=tuple(sums), unpriced=unpriced)


def spread(values: Sequence[int]) -> Spread | None:
    """P50, P90 by nearest rank, mean to the nearest whole; None of nothing."""
    if not values:
        return None
    ranked, total = sorted(values), sum(values)
    return Spread(
        p50=_at_rank(ranked, 50),
        p90=_at_rank(ranked, 90),
        mean=(2 * total + len(ranked)) // (2 * len(ranked)),
        longest=ranked[-1],
        total=total,
    )


def _spread_of(kpi: Kpi, counted: Sequence[Taken]) -> Spread | None:
    if kpi.measure not in {Measure.DURATION, Measure.MEAN} and not kpi.buckets:
        return None
    return spread([each.value for each in counted if each.value is not None])


def _hits(kpi: Kpi, takings: Sequence[Taken]) -> int | None:
    if kpi.measure is not Measure.SHARE:
        return None
    return sum(1 for each in takings if each.hit)


def _money(kpi: Kpi, counted: Sequence[Taken]) -> tuple[tuple[Sum, ...], int]:
    """Sums by currency, and how many rows are in none of them."""
    if kpi.weight is None and not isinstance(kpi.value, Amount | AmountTime):
        return (), 0
    parts = kpi.weight is not None or kpi.over is not None
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    unpriced = 0
    for each in counted:
        if each.value is None or (parts and each.below is None):
            unpriced += 1
            continue
        above[each.currency] += each.value
        below[each.currency] += each.below or 0
    sums = (
        Sum(currency=currency, minor=above[currency], over=below[currency] if parts else None)
        for currency in sorted(above)
    )
    return tuple(sums), unpriced


def _buckets(counted: Iterable[Taken]) -> tuple[Bucket, ...]:
    counts = Counter(_bucket(each.value) for each in counted if each.value is not None)
    return tuple(Bucket(span, counts[span]) for span in (*(name for name, _ in BUCKETS), OLDER))


def _bucket(age_s: int) -> str:
    return next((name for name, days in BUCKETS if age_s < days * DAY_S), OLDER)


def _open(kpi: Kpi, takings: Sequence[Taken]) -> Open | None:
    assert kpi.cohort is not None, f"{kpi.name} is counted over rows"
    if not kpi.cohort.has_open:
        return None
    ages = [each.age_s for each in takings if each.age_s is not None]
    return Open(n=len(takings), hits=_hits(kpi, takings), age=spread(ages))


def _at_rank(ranked: Sequence[int], percent: int) -> int:
    return ranked[-(-percent * len(ranked) // 100) - 1]
