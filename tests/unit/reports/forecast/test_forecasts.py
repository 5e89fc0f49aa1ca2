"""What is told of one hold and of one unit's cut-off, worked by hand, and as sentences."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from app.reports.forecast import words
from app.reports.forecast.chance import Outlook
from app.reports.forecast.clear_times import ClearTimes, fitted
from app.reports.forecast.clears_in import clears_in
from app.reports.forecast.misses_cutoff import interval_of, misses_cutoff
from app.reports.forecast.table import forecast_table
from app.reports.standing.standing import Spell, Stage, Standing
from tests.unit.reports.forecast.made_holds import LATER, at, held, hold

UNTIL_MIDNIGHT = 16 * 60


def tables(*minutes: int, open_for: Sequence[int] = (), **told: str) -> ClearTimes:
    """Holds that cleared after so many minutes, and others that went away after so many."""
    spells: list[Spell] = [hold(each, **told) for each in minutes]
    spells += [hold(each, how="gone", **told) for each in open_for]
    return fitted(spells, LATER)


THIRTY_NINE = tables(*(60 * n for n in range(1, 40)))
"""One an hour: one more falls into each of the forty gaps alike."""


def test_the_interval_lies_between_two_of_the_ordered_times() -> None:
    told = clears_in(THIRTY_NINE, hold(), at(0))
    assert (told.soonest, told.half_within, told.latest) == (4 * 60, 20 * 60, 36 * 60)


def test_a_hold_that_has_lasted_is_told_how_much_more_not_how_long_in_all() -> None:
    told = clears_in(THIRTY_NINE, hold(), at(9 * 60))
    assert told.basis.lasted == 30
    assert (told.soonest, told.half_within, told.latest) == (3 * 60, 16 * 60, 28 * 60)


def test_where_many_are_still_open_it_is_longer_than_anything_that_was_seen() -> None:
    told = clears_in(tables(*range(60, 90), open_for=[6_000] * 40), hold(), at(0))
    assert (told.half_within, told.latest, told.beyond) == (None, None, 6_000)
    assert "half of such holds take more than 4 d 4 h more" in told.words
    assert "8 of 10 between 1 h 6 min and more than 4 d 4 h" in told.words


def test_where_hardly_any_cleared_even_the_soonest_is_no_later_than_holds_were_seen() -> None:
    told = clears_in(tables(*range(60, 90), open_for=[200] * 900), hold(), at(0))
    assert (told.soonest, told.latest, told.beyond) == (200, None, 200)


def test_holds_that_all_cleared_at_once_are_not_told_to_clear_later() -> None:
    told = clears_in(tables(*([600] * 50)), hold(), at(0))
    assert (told.soonest, told.half_within, told.latest) == (0, 600, 600)


def test_a_forecast_is_a_sentence_with_what_it_rests_on() -> None:
    assert clears_in(THIRTY_NINE, hold(), at(0)).words == (
        "half of such holds clear within 20 h more; 8 of 10 between 4 h and 1 d 12 h; "
        "from 39 closed holds of POD_MISSING at ABFL for ACME"
    )
    assert clears_in(THIRTY_NINE, hold(), at(60)).words.endswith(
        "from 38 of 39 closed holds of POD_MISSING at ABFL for ACME that lasted as long"
    )


def test_without_enough_history_the_sentence_says_how_much_there_is() -> None:
    twelve = tables(*range(60, 72))
    told = clears_in(twelve, hold(), at(0))
    assert told.words == "not enough history: 12 of 30 closed holds of POD_MISSING"
    assert (told.half_within, told.latest, told.beyond) == (None, None, 0)
    assert clears_in(THIRTY_NINE, hold(), at(600)).words == (
        "not enough history: 29 of 30 closed holds of POD_MISSING that lasted as long"
    )


def test_the_chance_is_the_share_that_outlasted_the_cut_off() -> None:
    told = misses_cutoff(THIRTY_NINE, held(), [hold()], at(0))
    assert told.outlook is Outlook.LIKELY
    # 23 of 39 outlasted 16 hours; the one asked about is half a hold more.
    assert told.likely == told.worst_alone == round(1000 * Fraction(47, 80))
    assert told.words == (
        "59% to miss the cut-off at 2026-03-03 00:00 UTC (43% to 73%); "
        "from 39 closed holds of POD_MISSING at ABFL for ACME"
    )


def test_a_hold_that_has_lasted_is_looked_up_among_those_that_lasted_as_long() -> None:
    told = misses_cutoff(THIRTY_NINE, held(), [hold()], at(9 * 60))
    assert told.known == 30
    assert told.likely == round(1000 * Fraction(47, 62))


def test_what_never_happened_is_rarer_than_one_in_so_many_and_not_impossible() -> None:
    soon = misses_cutoff(tables(*range(1, 41)), held(), [hold()], at(0))
    assert soon.words.startswith(
        "less than 1 in 40 to miss the cut-off at 2026-03-03 00:00 UTC (under 1% to 11%)"
    )
    late = misses_cutoff(tables(*range(2_001, 2_041)), held(), [hold()], at(0))
    assert late.words.startswith(
        "more than 39 in 40 to miss the cut-off at 2026-03-03 00:00 UTC (89% to over 99%)"
    )


def test_two_holds_lie_between_the_worse_of_them_and_both_on_their_own() -> None:
    told = misses_cutoff(THIRTY_NINE, held(holds=2), [hold(), hold(subject="2")], at(0))
    alone = Fraction(47, 80)
    assert told.worst_alone == round(1000 * alone)
    assert told.likely == round(1000 * (1 - (1 - alone) ** 2))
    one = misses_cutoff(THIRTY_NINE, held(), [hold()], at(0))
    assert told.low == one.low
    assert told.high is not None
    assert one.high is not None
    assert told.high > one.high
    assert "and 1 more hold" in told.words


def test_a_hold_without_history_leaves_what_the_others_make_of_it_at_least() -> None:
    spells = [hold(code="NEW"), hold()]
    told = misses_cutoff(THIRTY_NINE, held(holds=2), spells, at(0))
    assert (told.outlook, told.high) == (Outlook.AT_LEAST, None)
    assert told.words == (
        "at least 43% to miss the cut-off at 2026-03-03 00:00 UTC; "
        "from 39 closed holds of POD_MISSING at ABFL for ACME; "
        "not enough history: 0 of 30 closed holds of NEW"
    )


@pytest.mark.parametrize(
    "standing, spells, minutes, outlook, sentence",
    [
        (held(), [hold(code="NEW")], 0, Outlook.NO_HISTORY, "not enough history: 0 of 30"),
        (
            held(),
            [hold()],
            UNTIL_MIDNIGHT + 1,
            Outlook.MISSED,
            "the cut-off at 2026-03-03 00:00 UTC is missed",
        ),
        (held(stage=Stage.READY), [], 0, Outlook.NOTHING_HOLDS, "nothing holds its invoice"),
        (held(cutoff_at=None), [hold()], 0, Outlook.NO_CUTOFF, "it has no cut-off"),
        (held(stage=Stage.MOVING), [], 0, Outlook.NOT_COMPLETE, "its service is not complete"),
        (held(), [], 0, Outlook.UNKNOWN, "not all of its holds were at hand"),
        (held(holds=2), [hold()], 0, Outlook.UNKNOWN, "not all of its holds were at hand"),
        (held(), [hold(unit="U2")], 0, Outlook.UNKNOWN, "not all of its holds were at hand"),
        (held(), [hold(5)], 9, Outlook.UNKNOWN, "not all of its holds were at hand"),
    ],
)
def test_where_there_is_no_chance_to_tell_it_says_why(
    standing: Standing, spells: list[Spell], minutes: int, outlook: Outlook, sentence: str
) -> None:
    told = misses_cutoff(THIRTY_NINE, standing, spells, at(minutes))
    assert told.outlook is outlook
    assert told.likely is None
    assert sentence in told.words


def test_until_the_moment_of_the_cut_off_there_is_a_chance() -> None:
    told = misses_cutoff(THIRTY_NINE, held(), [hold(opened_at=at(900))], at(UNTIL_MIDNIGHT))
    assert told.outlook is Outlook.LIKELY


def test_a_later_cut_off_is_missed_more_rarely() -> None:
    closings = [at(UNTIL_MIDNIGHT), at(UNTIL_MIDNIGHT + 60)]
    chances = [
        misses_cutoff(THIRTY_NINE, held(cutoff_at=c), [hold()], at(0)).likely for c in closings
    ]
    assert chances[0] is not None
    assert chances[1] is not None
    assert chances[0] > chances[1]


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 1 of 29; limits by method 3.
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (1, 29): (0.0061, 0.1718),
    }
    for (some, many), (low, high) in published.items():
        told = interval_of(Fraction(some, many), many)
        assert float(told[0]) == pytest.approx(low, abs=6e-5)
        assert float(told[1]) == pytest.approx(high, abs=6e-5)


def test_the_table_begins_with_codes_and_opens_each_into_its_groups() -> None:
    spells = [*(hold(60 * n) for n in range(40)), *(hold(9, code="A") for _ in range(3)), hold()]
    table = forecast_table(fitted(spells, LATER))
    assert [(row.code, row.closed, row.unseen) for row in table.rows] == [
        ("A", 3, 0),
        ("POD_MISSING", 40, 1),
    ]
    assert [row.forecast.enough for row in table.rows] == [False, True]
    opened = forecast_table(fitted(spells, LATER), "POD_MISSING")
    assert [(row.carrier, row.customer) for row in opened.rows] == [
        ("", ""),
        ("", "ACME"),
        ("ABFL", ""),
        ("ABFL", "ACME"),
    ]


def test_the_table_counts_holds_that_cleared_in_the_minute_in_which_they_came() -> None:
    (row,) = forecast_table(fitted([hold(0) for _ in range(30)], LATER)).rows
    assert row.forecast.basis.lasted == 30
    assert row.forecast.half_within == 0


@pytest.mark.parametrize(
    "minutes, said",
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (119, "1 h 59 min"),
        (1440, "1 d"),
        (1440 + 299, "1 d 4 h"),
        (30 * 1440, "30 d"),
    ],
)
def test_spans_are_said_in_two_units_at_most(minutes: int, said: str) -> None:
    assert words.span(minutes) == said


@pytest.mark.parametrize(
    "mille, known, said",
    [
        (1, 40, "less than 1 in 40"),
        (24, 40, "less than 1 in 40"),
        (25, 40, "3%"),
        (9, 5_000, "less than 1 in 100"),
        (10, 5_000, "1%"),
        (990, 5_000, "99%"),
        (991, 5_000, "more than 99 in 100"),
        (976, 40, "more than 39 in 40"),
        (500, 40, "50%"),
    ],
)
def test_a_share_is_never_none_and_never_all(mille: int, known: int, said: str) -> None:
    assert words.share(mille, known) == said
