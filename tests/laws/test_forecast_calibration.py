"""Forecasts keep what they promise on histories they have not seen, and broken ones do not.

Of every made-up history the first part is fitted and the rest held out. Two things are asked:

- of the intervals for 8 of 10, how many hold the time it really took: 80%, within three standard
  deviations of what chance does to so many questions and to so many fitted holds, and no more than
  2/31 above it, which is what a history of 30 holds, the smallest there is, rounds up to;
- of the chances, sorted into ten bins, whether so many units missed their cut-off as was said:
  within three standard deviations and three points, in every bin with fifty units or more; and
  whether the Brier score is better than that of telling everybody the overall share.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from math import exp, sqrt

import pytest

from app.reports.forecast import clear_times, clears_in, curve, misses_cutoff
from app.reports.forecast.chance import Chance, Outlook
from app.reports.forecast.clear_times import ClearTimes, fitted
from app.reports.forecast.curve import Lasting, Point, Still
from tests.laws.waiting_worlds import (
    DAY,
    SHAPES,
    Asked,
    Shape,
    World,
    by_carrier,
    exponential,
    forgotten,
    heavy_tailed,
)

Patch = pytest.MonkeyPatch
HISTORIES = [(days, holds) for days in (10, 60) for holds in (250, 1500)]
"""Short and long, thin and thick; of the short ones much is still open when they end."""
ASKED = 350
PROMISED, ROUNDED_UP = 0.8, 2 / 31
BINS, IN_A_BIN, POINTS = 10, 50, 0.03


def complaints(shape: Shape, holds_each: int = 1) -> list[str]:
    """What forecasts for this shape of waiting promised and did not keep."""
    inside: list[bool] = []
    said: list[tuple[float, bool]] = []
    for seed, (days, holds) in enumerate(HISTORIES):
        world = World(shape, seed, days, holds)
        tables = fitted(world.history(), world.split)
        for asked in world.asked(ASKED, holds_each):
            inside += _inside(tables, asked)
            chance = misses_cutoff.misses_cutoff(tables, asked.standing, asked.spells, asked.moment)
            said += _said(chance, missed=asked.missed)
    return [*_of_intervals(inside), *_of_chances(said), *_of_brier(said)]


def _inside(tables: ClearTimes, asked: Asked) -> list[bool]:
    told = clears_in.clears_in(tables, asked.spells[0], asked.moment)
    if not told.enough:
        return []
    latest = told.beyond + 10**9 if told.latest is None else told.latest
    return [told.soonest <= asked.minutes_left[0] <= latest]


def _said(chance: Chance, *, missed: bool) -> list[tuple[float, bool]]:
    if chance.outlook is Outlook.NO_HISTORY:
        return []
    assert chance.likely is not None
    return [(chance.likely / 1000, missed)]


def _of_intervals(inside: Sequence[bool]) -> list[str]:
    share, fitted_holds = sum(inside) / len(inside), sum(holds for _, holds in HISTORIES)
    may = 3 * sqrt(PROMISED * (1 - PROMISED) * (1 / len(inside) + 1 / fitted_holds))
    if PROMISED - may <= share <= PROMISED + ROUNDED_UP + may:
        return []
    return [f"interval: {share:.3f} of {len(inside)} inside, not {PROMISED} within {may:.3f}"]


def _of_chances(said: Sequence[tuple[float, bool]]) -> list[str]:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for likely, missed in said:
        bins[int(likely * BINS)].append((likely, missed))
    found = []
    for place, these in sorted(bins.items()):
        expected = sum(likely for likely, _ in these) / len(these)
        observed = sum(missed for _, missed in these) / len(these)
        may = 3 * sqrt(expected * (1 - expected) / len(these)) + POINTS
        if len(these) >= IN_A_BIN and abs(observed - expected) > may:
            found.append(f"bin {place}: {observed:.3f} of {len(these)} missed, not {expected:.3f}")
    return found


def _of_brier(said: Sequence[tuple[float, bool]]) -> list[str]:
    base = sum(missed for _, missed in said) / len(said)
    score = _score(said)
    of_base = base * (1 - base)
    return [] if score < of_base else [f"Brier score {score:.3f}, no better than {of_base:.3f}"]


def _score(said: Sequence[tuple[float, bool]]) -> float:
    return sum((likely - missed) ** 2 for likely, missed in said) / len(said)


@pytest.mark.parametrize("shape", SHAPES)
def test_forecasts_keep_what_they_promise(shape: Shape) -> None:
    assert complaints(shape) == []


@pytest.mark.parametrize("shape", [exponential, heavy_tailed, by_carrier, forgotten])
def test_chances_of_two_holds_that_clear_on_their_own_are_kept(shape: Shape) -> None:
    assert complaints(shape, holds_each=2) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("together", [True, False])
def test_two_holds_are_missed_as_often_as_between_the_worse_alone_and_both_on_their_own(
    shape: Shape, *, together: bool
) -> None:
    world = World(shape, 0, days=90, holds=1500)
    tables = fitted(world.history(), world.split)
    asked = list(world.asked(600, 2, together=together))
    told = [misses_cutoff.misses_cutoff(tables, a.standing, a.spells, a.moment) for a in asked]
    missed = sum(each.missed for each in asked) / len(asked)
    may = 3 * sqrt(missed * (1 - missed) / len(asked))
    alone = sum(each.worst_alone or 0 for each in told) / 1000 / len(told)
    likely = sum(each.likely or 0 for each in told) / 1000 / len(told)
    assert alone - may <= missed <= likely + may


def test_the_interval_of_a_chance_holds_the_true_one_in_nineteen_of_twenty_histories() -> None:
    held_it = []
    for seed in range(250):
        world = World(exponential, seed, days=30, holds=400)
        tables = fitted(world.history(), world.split)
        (asked,) = world.asked(1)
        told = misses_cutoff.misses_cutoff(tables, asked.standing, asked.spells, asked.moment)
        if told.low is not None and told.high is not None:
            true = exp(-asked.minutes_to_go / (2 * DAY))
            held_it.append(told.low <= 1000 * true <= told.high)
    may = 3 * sqrt(0.95 * 0.05 / len(held_it))
    assert len(held_it) > 200
    assert sum(held_it) / len(held_it) >= 0.95 - may


def test_a_history_that_tells_carriers_apart_is_worth_more_than_one_that_does_not(
    monkeypatch: Patch,
) -> None:
    apart = _brier(by_carrier)
    monkeypatch.setattr(clear_times, "keys_of", lambda hold: [(hold.code, "", "")])
    assert apart < 0.8 * _brier(by_carrier)


def _brier(shape: Shape) -> float:
    world = World(shape, 0, days=90, holds=1500)
    tables = fitted(world.history(), world.split)
    said = [
        each
        for a in world.asked(ASKED)
        for each in _said(
            misses_cutoff.misses_cutoff(tables, a.standing, a.spells, a.moment), missed=a.missed
        )
    ]
    return _score(said)


def open_holds_are_left_out(patch: Patch) -> None:
    patch.setattr(clear_times, "curve_of", lambda cleared, _: curve.curve_of(cleared, ()))


def open_holds_are_taken_for_cleared(patch: Patch) -> None:
    def bad(cleared: list[int], unseen: list[int]) -> tuple[Point, ...]:
        return curve.curve_of([*cleared, *unseen], ())

    patch.setattr(clear_times, "curve_of", bad)


def the_age_is_forgotten(patch: Patch) -> None:
    def bad(points: tuple[Point, ...], _: int) -> Lasting:
        return curve.lasting(points, -1)

    patch.setattr(clear_times, "lasting", bad)


def intervals_are_for_half_of_them(patch: Patch) -> None:
    patch.setattr(clears_in, "ONE_IN", 4)


def intervals_are_for_nearly_all(patch: Patch) -> None:
    patch.setattr(clears_in, "ONE_IN", 30)


def chances_are_told_too_surely(patch: Patch) -> None:
    def bad(rest: Lasting, minutes: int) -> Still:
        told = curve.still_open(rest, minutes)
        likely = told.likely**2 / (told.likely**2 + (1 - told.likely) ** 2)
        return Still(at_least=likely, at_most=likely, known=told.known)

    patch.setattr(misses_cutoff, "still_open", bad)


def the_day_after_the_cut_off_counts(patch: Patch) -> None:
    def bad(start: datetime, stop: datetime) -> int:
        return clear_times.minutes_between(start, stop) + DAY

    patch.setattr(misses_cutoff, "minutes_between", bad)


def only_the_worst_hold_counts(patch: Patch) -> None:
    patch.setattr(misses_cutoff, "_any", max)


BUGS: list[tuple[Callable[[Patch], None], Shape, int, str]] = [
    (open_holds_are_left_out, heavy_tailed, 1, "interval"),
    (open_holds_are_left_out, heavy_tailed, 1, "bin"),
    (open_holds_are_taken_for_cleared, by_carrier, 1, "interval"),
    (open_holds_are_taken_for_cleared, by_carrier, 1, "bin"),
    (the_age_is_forgotten, heavy_tailed, 1, "bin"),
    (the_age_is_forgotten, forgotten, 1, "Brier"),
    (intervals_are_for_half_of_them, exponential, 1, "interval"),
    (intervals_are_for_nearly_all, exponential, 1, "interval"),
    (chances_are_told_too_surely, exponential, 1, "bin"),
    (the_day_after_the_cut_off_counts, exponential, 1, "bin"),
    (only_the_worst_hold_counts, exponential, 2, "bin"),
]


@pytest.mark.parametrize("bug, shape, holds_each, of", BUGS)
def test_a_mistake_in_a_forecast_is_found_by_the_same_questions(
    bug: Callable[[Patch], None], shape: Shape, holds_each: int, of: str, monkeypatch: Patch
) -> None:
    bug(monkeypatch)
    assert [each for each in complaints(shape, holds_each) if each.startswith(of)]
