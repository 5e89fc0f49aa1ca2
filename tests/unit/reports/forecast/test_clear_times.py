"""Which history a forecast rests on, and what of it counts."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import msgspec
import pytest

from app.reports.forecast import clear_times
from app.reports.forecast.clear_times import Basis, ClearTimes, Ended, fitted, history_of
from app.reports.standing.standing import Spell
from tests.unit.reports.forecast.made_holds import LATER, MORNING, at, hold


def many(count: int, **told: str) -> list[Spell]:
    return [hold(10 * (n + 1), **told) for n in range(count)]


def basis_of(spells: list[Spell], asked: Spell, minutes: int = 0) -> Basis:
    return history_of(fitted(spells, LATER), asked, at(minutes))[0]


def kind(basis: Basis) -> tuple[str, str, str]:
    return (basis.code, basis.carrier, basis.customer)


def test_its_own_carrier_and_customer_count_where_they_have_thirty_holds() -> None:
    basis = basis_of([*many(30), *many(50, carrier="SAIA")], hold())
    assert kind(basis) == ("POD_MISSING", "ABFL", "ACME")
    assert (basis.closed, basis.lasted, basis.enough) == (30, 30, True)


@pytest.mark.parametrize(
    "spells, rests_on",
    [
        ([*many(29), *many(1, carrier="SAIA")], ("POD_MISSING", "", "ACME")),
        ([*many(29), *many(1, customer="NORTH")], ("POD_MISSING", "ABFL", "")),
        ([*many(29), *many(1, carrier="SAIA", customer="NORTH")], ("POD_MISSING", "", "")),
    ],
)
def test_with_fewer_it_falls_back_on_the_customer_then_the_carrier_then_the_code(
    spells: list[Spell], rests_on: tuple[str, str, str]
) -> None:
    assert kind(basis_of(spells, hold())) == rests_on


def test_with_twenty_nine_closed_holds_of_a_code_there_is_not_enough_history() -> None:
    basis = basis_of([*many(29), *many(100, code="RATE_MISSING")], hold())
    assert not basis.enough
    assert (basis.closed, basis.lasted) == (29, 29)


def test_a_slow_carrier_of_which_few_are_closed_is_not_told_by_the_quick_ones() -> None:
    slow = [*many(12), *(hold(5_000, how="gone") for _ in range(40))]
    basis = basis_of([*slow, *many(500, carrier="SAIA")], hold())
    assert kind(basis) == ("POD_MISSING", "ABFL", "ACME")
    assert (basis.closed, basis.enough) == (12, False)


def test_of_a_code_that_was_never_seen_nothing_is_known() -> None:
    assert basis_of(many(40), hold(code="NEW")) == Basis(code="NEW")


def test_an_old_hold_rests_on_those_that_lasted_as_long_and_falls_back_where_they_are_few() -> None:
    spells = [*many(40), *many(60, carrier="SAIA")]
    assert kind(basis_of(spells, hold(), 90)) == ("POD_MISSING", "ABFL", "ACME")
    old = basis_of(spells, hold(), 150)
    assert kind(old) == ("POD_MISSING", "", "ACME")
    assert (old.closed, old.lasted) == (100, 25 + 45)


def test_what_nobody_told_makes_no_group() -> None:
    tables = fitted(many(60, carrier=""), LATER)
    assert [each.key for each in tables.groups] == [
        ("POD_MISSING", "", ""),
        ("POD_MISSING", "", "ACME"),
    ]


@pytest.mark.parametrize("told", [{"how": "gone"}, {"reopened": True}])
def test_what_went_away_or_came_back_was_open_so_long_and_did_not_clear(
    told: dict[str, object],
) -> None:
    (group,) = (
        each for each in fitted([hold(10, **told), hold(20)], LATER).groups if not any(each.key[1:])
    )
    assert (group.closed, group.unseen) == (1, 1)
    assert [(each.minutes, each.at_risk) for each in group.points] == [(20, 1)]


def test_a_waived_hold_is_one_that_cleared() -> None:
    assert fitted([hold(10, how="waived")], LATER).groups[0].closed == 1


def test_an_end_that_nobody_knows_is_not_counted_as_one() -> None:
    with pytest.raises(AssertionError, match="no hold ends 'lost'"):
        fitted([hold(10, how="lost")], LATER)


def test_what_happened_after_the_moment_is_not_known() -> None:
    spells = [hold(30), hold(90), hold(5, opened_at=at(60))]
    (group,) = fitted(spells, at(60)).groups
    assert (group.closed, group.unseen) == (1, 1)


def test_spells_are_looked_at_once() -> None:
    def passing() -> Iterator[Ended]:
        yield from many(30)

    assert fitted(passing(), LATER) == fitted(many(30), LATER)


def test_the_order_of_the_spells_makes_no_difference() -> None:
    spells = [*many(40), *many(35, carrier="SAIA"), hold()]
    assert fitted(spells, LATER) == fitted(reversed(spells), LATER)


def test_the_tables_come_back_from_json_as_they_were() -> None:
    tables = fitted([*many(40), hold()], LATER)
    assert msgspec.json.decode(msgspec.json.encode(tables), type=ClearTimes) == tables


def test_the_groups_with_most_holds_are_kept_and_every_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clear_times, "MOST_GROUPS", 1)
    spells = [*many(31, carrier=""), *many(40, code="A", customer=""), *many(3, code="B")]
    assert [each.key for each in fitted(spells, LATER).groups] == [
        ("A", "", ""),
        ("A", "ABFL", ""),
        ("B", "", ""),
        ("POD_MISSING", "", ""),
    ]


def test_tables_of_a_hundred_thousand_spells_stay_small() -> None:
    spells = (
        hold(
            1 + (n * 7919) % 20_000,
            code=f"CODE_{n % 12}",
            carrier=f"C{n % 31}",
            customer=f"K{n % 17}",
        )
        for n in range(100_000)
    )
    tables = fitted(spells, LATER)
    assert len(msgspec.json.encode(tables)) < 1_500_000


def test_a_hold_that_opens_after_the_moment_is_a_broken_promise() -> None:
    with pytest.raises(AssertionError, match="nothing lasts before it begins"):
        history_of(fitted([], LATER), hold(opened_at=MORNING + timedelta(1)), MORNING)


def test_the_curve_of_a_group_is_that_of_its_own_holds() -> None:
    tables = fitted([*many(30), *many(30, carrier="SAIA")], LATER)
    whole = tables.group(("POD_MISSING", "", ""))
    assert whole is not None
    assert whole.closed == 60
    assert Fraction(whole.points[0].closed, whole.points[0].at_risk) == Fraction(2, 60)
