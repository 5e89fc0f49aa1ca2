"""How many holds are still open after so many minutes, and what that says of one more.

`left` is the chance that one more hold is still open: at each clearing of `closed` out of
`at_risk` holds it shrinks by `closed / (at_risk + 1)`, the one being the hold that is asked about.
Given that a hold has lasted to an age, only what came after that age counts.

A long history is thinned by taking neighbouring clearings together, each at its middle. What is
taken together is the same share of what was still open, early and late, so that old holds are
told about as finely as new ones; `left` stays exact at the end of each.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate

import msgspec

WHOLE = 10**15
"""What `left` begins with."""
MOST_POINTS = 200


class Point(msgspec.Struct, frozen=True, array_like=True):
    """One step of a curve; holds that nobody saw clear end it with points that close nothing."""

    minutes: int
    """Since the opening."""
    closed: int
    """How many cleared."""
    at_risk: int
    """How many lasted at least so long."""
    left: int
    """The chance that one more is open after this, in parts of `WHOLE`."""


class Lasting(msgspec.Struct, frozen=True):
    """The rest of a curve, for a hold that has lasted to an age."""

    age: int
    """In minutes; -1 before the opening."""
    left: int
    """Of the curve at that age."""
    points: tuple[Point, ...]
    """What came after."""

    @property
    def closed(self) -> int:
        """How many lasted longer and cleared."""
        return sum(point.closed for point in self.points)

    @property
    def seen(self) -> int:
        """How many lasted longer, whether anybody saw them clear or not."""
        return self.points[0].at_risk if self.points else 0


class Still(msgspec.Struct, frozen=True):
    """How likely a hold is still open at a time to come."""

    at_least: Fraction
    """If it were the next to clear."""
    at_most: Fraction
    """If it were the last."""
    known: int
    """Of how many holds it is known whether they were."""

    @property
    def likely(self) -> Fraction:
        """The middle; never 0 or 1."""
        return (self.at_least + self.at_most) / 2


def curve_of(cleared: Sequence[int], unseen: Sequence[int]) -> tuple[Point, ...]:
    """The curve of holds that cleared after so many minutes, and of others seen open so long."""
    closed, seen = sorted(cleared), sorted(unseen)
    exact = list(_exact(closed, seen))
    points, share = exact, 100
    while len(points) > MOST_POINTS:
        points = list(_thinned(exact, share))
        share = share * 4 // 5
        assert share, "the widest share takes everything together"
    return (*points, *_ending(points, seen))


def lasting(points: tuple[Point, ...], age: int) -> Lasting:
    """What is left of a curve for a hold of an age in minutes."""
    place = bisect_right(points, age, key=_minutes)
    return Lasting(age, points[place - 1].left if place else WHOLE, points[place:])


def still_open(rest: Lasting, minutes: int) -> Still:
    """Whether a hold is still open so many minutes after its opening."""
    place = bisect_right(rest.points, minutes, key=_minutes)
    before, after = rest.points[:place], rest.points[place:]
    at_most = Fraction(before[-1].left if before else rest.left, rest.left)
    open_then = after[0].at_risk if after else 0
    return Still(
        at_least=at_most * open_then / (open_then + 1),
        at_most=at_most,
        known=sum(point.closed for point in before) + open_then,
    )


def _minutes(point: Point) -> int:
    return point.minutes


def _exact(closed: Sequence[int], seen: Sequence[int]) -> Iterator[Point]:
    left, place = WHOLE, 0
    while place < len(closed):
        minutes = closed[place]
        until = bisect_right(closed, minutes)
        at_risk = len(closed) - place + len(seen) - bisect_left(seen, minutes)
        left = left * (at_risk + 1 - (until - place)) // (at_risk + 1)
        yield Point(minutes, until - place, at_risk, left)
        place = until


def _thinned(exact: Sequence[Point], share: int) -> Iterator[Point]:
    """Clearings taken together up to one in `share` of those that were still open."""
    first = 0
    while first < len(exact):
        end, closed = first + 1, exact[first].closed
        while end < len(exact) and (closed + exact[end].closed) * share <= exact[first].at_risk:
            closed += exact[end].closed
            end += 1
        taken = exact[first:end]
        running = list(accumulate(point.closed for point in taken))
        middle = taken[bisect_left(running, -(-closed // 2))]
        yield Point(middle.minutes, closed, taken[0].at_risk, taken[-1].left)
        first = end


def _ending(points: Sequence[Point], seen: Sequence[int]) -> Iterator[Point]:
    """Where half of those that nobody saw clear were last seen, half of the rest, and so on."""
    last = points[-1] if points else Point(-1, 0, 0, WHOLE)
    later = seen[bisect_right(seen, last.minutes) :]
    at_risk = 1 << len(later).bit_length()
    while at_risk := at_risk // 2:
        if at_risk <= len(later):
            yield Point(later[-at_risk], 0, at_risk, last.left)
