"""Made-up histories of holds, each with a shape of waiting that is known: for calibration.

A history is what was stored until a day; what is held out comes after that day, and only here is
it known how long it takes. A hold is asked about at some age, if it has lasted so long.
"""

import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.reports.standing.standing import Spell, Standing
from tests.unit.reports.forecast.made_holds import held, hold

FROM = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 24 * 60
CARRIERS, CUSTOMERS = ("ABFL", "SAIA"), ("ACME", "NORTH")
Shape = Callable[[random.Random, Spell], float]


class Asked(NamedTuple):
    """One unit that is asked about, and what became of it."""

    standing: Standing
    spells: tuple[Spell, ...]
    moment: datetime
    minutes_left: tuple[int, ...]
    """Of each hold, until it clears."""
    minutes_to_go: int
    """Until the cut-off day ends."""
    missed: bool


def exponential(rng: random.Random, _: Spell) -> float:
    """At every moment alike, two days in the mean."""
    return rng.expovariate(1 / (2 * DAY))


def heavy_tailed(rng: random.Random, _: Spell) -> float:
    """Half within a day, one in a hundred not within a month."""
    return rng.lognormvariate(math.log(DAY), 1.5)


def by_carrier(rng: random.Random, spell: Spell) -> float:
    """One carrier answers within hours, the other takes a week."""
    return rng.expovariate(1 / (DAY / 4 if spell.carrier == "ABFL" else 6 * DAY))


def forgotten(rng: random.Random, _: Spell) -> float:
    """Most clear within hours; what is forgotten lies for weeks: its age tells which it is."""
    return rng.expovariate(1 / (DAY / 6 if rng.random() < 0.7 else 12 * DAY))


def in_weekly_batches(rng: random.Random, spell: Spell) -> float:
    """Worked off on Friday afternoons, seven of ten on the first."""
    days = (4 - spell.opened_at.weekday()) % 7
    friday = datetime.combine(spell.opened_at.date(), datetime.min.time(), UTC) + timedelta(days)
    at = friday + timedelta(hours=14, minutes=rng.randrange(180))
    while at <= spell.opened_at or rng.random() > 0.7:
        at += timedelta(7)
    return (at - spell.opened_at) / timedelta(minutes=1)


SHAPES = (exponential, heavy_tailed, by_carrier, forgotten, in_weekly_batches)


class World:
    """One made-up history, and what came after it."""

    def __init__(self, shape: Shape, seed: int, days: int, holds: int) -> None:
        self._rng = random.Random(f"{shape.__name__} {seed}")
        self._shape = shape
        self._holds = holds
        self.split = FROM + timedelta(days)
        self._minutes = days * DAY

    def history(self) -> Iterator[Spell]:
        """What was stored until the split, and a little that came after it."""
        for _ in range(self._holds):
            spell = self._opened(FROM, self._minutes + DAY)
            yield self._ended(spell, self._shape(self._rng, spell))

    def asked(self, many: int, holds_each: int = 1, *, together: bool = False) -> Iterator[Asked]:
        """Units held by so many holds, each a matter of its own or all ending together."""
        while many:
            found = self._asked(holds_each, together=together)
            if found is not None:
                many -= 1
                yield found

    def _asked(self, holds_each: int, *, together: bool) -> Asked | None:
        spell = self._opened(self.split, 30 * DAY)
        took = [self._shape(self._rng, spell) for _ in range(holds_each)]
        if together:
            took = took[:1] * holds_each
        age = self._rng.expovariate(1 / DAY) if self._rng.random() < 0.7 else 0
        if int(min(took)) <= int(age):
            return None
        moment = spell.opened_at + timedelta(minutes=int(age))
        cutoff_on = (moment + timedelta(minutes=self._rng.expovariate(1 / (2 * DAY)))).date()
        ends_at = datetime.combine(cutoff_on + timedelta(1), datetime.min.time(), UTC)
        return Asked(
            standing=held(
                customer=spell.customer,
                carrier=spell.carrier,
                holds=holds_each,
                cutoff_on=cutoff_on,
                cutoff_at=ends_at,
            ),
            spells=(spell,) * holds_each,
            moment=moment,
            minutes_left=tuple(int(each) - int(age) for each in took),
            minutes_to_go=(ends_at - moment) // timedelta(minutes=1),
            missed=spell.opened_at + timedelta(minutes=max(took)) >= ends_at,
        )

    def _opened(self, start: datetime, within: int) -> Spell:
        return hold(
            opened_at=start + timedelta(minutes=self._rng.randrange(within)),
            carrier=self._rng.choice(CARRIERS),
            customer=self._rng.choice(CUSTOMERS),
        )

    def _ended(self, spell: Spell, takes: float) -> Spell:
        """Some units go away before, some holds seem to clear and are back again."""
        out_of_sight = self._rng.expovariate(1 / (20 * DAY))
        told: dict[str, object] = {"how": "cleared"}
        if out_of_sight < takes:
            told = self._rng.choice([{"how": "gone"}, {"how": "cleared", "reopened": True}])
        return hold(
            int(min(takes, out_of_sight)),
            opened_at=spell.opened_at,
            carrier=spell.carrier,
            customer=spell.customer,
            **told,
        )
