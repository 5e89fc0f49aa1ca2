"""When one hold clears: the middle, and between what times 8 of 10 such holds do."""

from datetime import datetime

import msgspec

from app.reports.forecast import words
from app.reports.forecast.clear_times import Basis, ClearTimes, Waiting, history_of
from app.reports.forecast.curve import Lasting, Point

ONE_IN = 10
"""One in so many clears before the interval, and one in so many after it."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many minutes more such a hold takes."""

    basis: Basis
    """Without enough history nothing else is told."""
    half_within: int | None = None
    """Half of such holds clear within; None where history does not tell how long it takes."""
    soonest: int = 0
    """Nine of ten take at least so long."""
    latest: int | None = None
    """Nine of ten take no longer; None where history does not tell how long it takes."""
    beyond: int = 0
    """No such hold was ever seen longer: what is not told takes more than this, or is unseen."""

    @property
    def enough(self) -> bool:
        """Whether there is a forecast."""
        return self.basis.enough

    @property
    def half(self) -> str:
        """`within 20 h`, `more than 4 d`; empty without enough history."""
        if not self.enough:
            return ""
        if self.half_within is None:
            return f"more than {words.span(self.beyond)}"
        return f"within {words.span(self.half_within)}"

    @property
    def between(self) -> str:
        """`4 h and 1 d 12 h`; empty without enough history."""
        if not self.enough:
            return ""
        latest = words.span_or_more(self.latest, self.beyond)
        return f"{words.span(self.soonest)} and {latest}"

    @property
    def words(self) -> str:
        """As a sentence."""
        told = words.basis(self.basis)
        if not self.enough:
            return told
        verb = "take" if self.half_within is None else "clear"
        return f"half of such holds {verb} {self.half} more; 8 of 10 between {self.between}; {told}"


def clears_in(tables: ClearTimes, hold: Waiting, moment: datetime) -> Forecast:
    """When an open hold clears, given that it has lasted until this moment."""
    return forecast_from(*history_of(tables, hold, moment))


def forecast_from(basis: Basis, rest: Lasting) -> Forecast:
    """When a hold clears, by what came after its age."""
    if not basis.enough:
        return Forecast(basis=basis)
    soon = (point for point in reversed(rest.points) if _surely_after(point, rest))
    return Forecast(
        basis=basis,
        half_within=_more(rest, _first_below(rest, 2)),
        soonest=_more(rest, next(soon, None)) or 0,
        latest=_more(rest, _first_below(rest, ONE_IN)),
        beyond=_more(rest, rest.points[-1]) or 0,
    )


def _first_below(rest: Lasting, one_in: int) -> Point | None:
    """Where no more than one in so many is left."""
    return next((point for point in rest.points if point.left * one_in <= rest.left), None)


def _surely_after(point: Point, rest: Lasting) -> bool:
    """Whether nine of ten clear at this point or later, even if this hold is the next to clear."""
    left = point.left if point.closed else point.left * point.at_risk // (point.at_risk + 1)
    return left * ONE_IN >= rest.left * (ONE_IN - 1)


def _more(rest: Lasting, point: Point | None) -> int | None:
    return None if point is None else point.minutes - max(rest.age, 0)
