"""How likely a unit misses its cut-off: that its holds are not all cleared when its batch closes.

That is a moment of the customer's calendar, which a unit's standing carries.

Of one hold, the chance is that of still being open then, with the interval of Wilson (1927) at 95%
around it, over as many holds as are known to have been open or cleared after as long. Of several,
what is told as likely takes them for independent, `1 - product(1 - chance)`: holds of one unit
rather clear together, one call to the carrier ends two, so that it errs to the worse side. The
interval begins with the worst hold alone, which is what it comes to if they all end together.
"""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from math import ceil, floor, isqrt, prod

from app.reports.forecast.chance import Chance, Outlasts, Outlook
from app.reports.forecast.clear_times import Basis, ClearTimes, history_of, minutes_between
from app.reports.forecast.curve import Still, still_open
from app.reports.standing.standing import Spell, Stage, Standing

MILLE = 1000
Z = Fraction(49, 25)
"""1.96: 19 of 20 such intervals hold what they estimate."""
_ROOT = 10**9


def misses_cutoff(
    tables: ClearTimes, standing: Standing, spells: Iterable[Spell], moment: datetime
) -> Chance:
    """How likely the holds of a unit are not all cleared when its batch closes.

    Args:
        tables: what history says.
        standing: where the unit stands.
        spells: of any units; the open ones of this unit count.
        moment: from when on it is looked at.
    """
    cutoff_at = standing.cutoff_at
    if standing.stage is Stage.MOVING:
        return Chance(outlook=Outlook.NOT_COMPLETE, cutoff_at=cutoff_at)
    if standing.stage is not Stage.HELD:
        return Chance(outlook=Outlook.NOTHING_HOLDS, cutoff_at=cutoff_at)
    if cutoff_at is None:
        return Chance(outlook=Outlook.NO_CUTOFF)
    if cutoff_at < moment:
        return Chance(outlook=Outlook.MISSED, cutoff_at=cutoff_at)
    held = [each for each in spells if each.unit == standing.unit and each.closed_at is None]
    if not held or len(held) < standing.holds:
        return Chance(outlook=Outlook.UNKNOWN, cutoff_at=cutoff_at)
    return _together([_outlasts(tables, each, moment, cutoff_at) for each in held], cutoff_at)


def interval_of(likely: Fraction, known: int) -> tuple[Fraction, Fraction]:
    """Wilson's interval for a share of so many."""
    square = Z * Z
    variance = likely * (1 - likely) / known + square / (4 * known * known)
    spread = Z * Fraction(isqrt(ceil(variance * _ROOT * _ROOT)) + 1, _ROOT)
    middle, scale = likely + square / (2 * known), 1 + square / known
    return (middle - spread) / scale, (middle + spread) / scale


def _outlasts(
    tables: ClearTimes, spell: Spell, moment: datetime, cutoff_at: datetime
) -> tuple[Basis, Still | None]:
    basis, rest = history_of(tables, spell, moment)
    if not basis.enough:
        return basis, None
    return basis, still_open(rest, minutes_between(spell.opened_at, cutoff_at))


def _together(held: list[tuple[Basis, Still | None]], cutoff_at: datetime) -> Chance:
    told = [still for _, still in held if still is not None]
    holds = tuple(sorted((_told(*each) for each in held), key=_worst_first))
    if not told:
        return Chance(outlook=Outlook.NO_HISTORY, cutoff_at=cutoff_at, holds=holds)
    intervals = [_interval(still) for still in told]
    complete = len(told) == len(held)
    return Chance(
        outlook=Outlook.LIKELY if complete else Outlook.AT_LEAST,
        cutoff_at=cutoff_at,
        likely=_mille(_any(still.likely for still in told)),
        worst_alone=_mille(max(still.likely for still in told)),
        low=_mille_below(max(low for low, _ in intervals)),
        high=_mille_above(_any(high for _, high in intervals)) if complete else None,
        known=min(still.known for still in told),
        holds=holds,
    )


def _told(basis: Basis, still: Still | None) -> Outlasts:
    if still is None:
        return Outlasts(basis=basis)
    low, high = _interval(still)
    return Outlasts(
        basis=basis,
        likely=_mille(still.likely),
        low=_mille_below(low),
        high=_mille_above(high),
        known=still.known,
    )


def _interval(still: Still) -> tuple[Fraction, Fraction]:
    """Wide enough for what one more hold could change as well."""
    low, high = interval_of(still.likely, still.known)
    return min(low, still.at_least), max(high, still.at_most)


def _worst_first(each: Outlasts) -> tuple[bool, int, str]:
    return each.likely is None, -(each.likely or 0), each.basis.code


def _any(chances: Iterable[Fraction]) -> Fraction:
    return 1 - prod((1 - each for each in chances), start=Fraction(1))


def _mille(chance: Fraction) -> int:
    return _possible(floor(chance * MILLE + Fraction(1, 2)))


def _mille_below(chance: Fraction) -> int:
    return _possible(floor(chance * MILLE))


def _mille_above(chance: Fraction) -> int:
    return _possible(ceil(chance * MILLE))


def _possible(mille: int) -> int:
    """What is neither impossible nor certain: no finite history tells either."""
    return min(max(mille, 1), MILLE - 1)
