"""The numbers a sender gives its messages: which are missing, and which came late.

A number may come several times, as many transactions travel under the number of one envelope. A
sender that comes back to the beginning counts anew, and what it says from then on is looked at by
itself.
"""

from collections.abc import Iterable
from itertools import pairwise

import msgspec

ANEW = 1
"""Whoever sends this number, or a lower one, after higher ones has begun to count anew."""


class Gap(msgspec.Struct, frozen=True, order=True):
    """Numbers that never came, both bounds included."""

    first: int
    last: int

    def __str__(self) -> str:
        """`5`, or `5 to 9`."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


class Late(msgspec.Struct, frozen=True):
    """A number that came after a higher one."""

    number: int
    after: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers as they were counted, from one beginning to the next."""

    first: int
    last: int
    gaps: tuple[Gap, ...] = ()
    late: tuple[Late, ...] = ()


def runs_of(numbers: Iterable[int]) -> tuple[Run, ...]:
    """What is to be said of the numbers of one stream, in the order in which they arrived."""
    runs: list[_Counting] = []
    for number in numbers:
        if not runs or (number <= ANEW < runs[-1].highest):
            runs.append(_Counting(number))
        runs[-1].take(number)
    return tuple(run.counted() for run in runs)


class _Counting:
    """A run while it is being counted."""

    def __init__(self, number: int) -> None:
        self.highest = number
        self._seen: set[int] = set()
        self._late: dict[int, Late] = {}

    def take(self, number: int) -> None:
        if number < self.highest and number not in self._seen:
            self._late[number] = Late(number, self.highest)
        self._seen.add(number)
        self.highest = max(self.highest, number)

    def counted(self) -> Run:
        inside = sorted(self._seen)
        steps = pairwise(inside)
        return Run(
            first=inside[0],
            last=inside[-1],
            gaps=tuple(Gap(low + 1, high - 1) for low, high in steps if high > low + 1),
            late=tuple(self._late.values()),
        )
