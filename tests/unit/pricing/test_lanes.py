"""Which row prices a lane."""

from datetime import date

import pytest

from app.pricing.agreed.lanes import matching, spot
from app.pricing.agreed.rows import LaneRow
from app.pricing.agreed.term import LaneOrder
from tests.unit.pricing.made_facts import place

CHICAGO, ATLANTA = place("Chicago IL 60601-1234"), place("Atlanta GA 30301")


def lane(row: str, origin: str = "*", destination: str = "*", freight_class: str = "*") -> LaneRow:
    return LaneRow(
        table="t.csv",
        line=1,
        row=row,
        effective_from=date(2026, 1, 1),
        known_from=date(2026, 1, 1),
        origin=origin,
        destination=destination,
        freight_class=freight_class,
    )


def found(*rows: LaneRow, order: LaneOrder = "origin first", freight_class: str = "") -> list[str]:
    return [row.row for row in matching(rows, CHICAGO, ATLANTA, freight_class, order)]


def test_the_most_specific_destination_wins() -> None:
    rows = [lane(each, "IL", each) for each in ("*", "country US", "GA", "Atlanta GA", "303")]
    assert found(*rows) == ["303"]
    assert found(*rows, lane("30301", "IL", "30301")) == ["30301"]
    assert found(*rows[:4]) == ["Atlanta GA"]
    assert found(*rows[:3]) == ["GA"]
    assert found(*rows[:2]) == ["country US"]


def test_a_zip_plus_four_is_in_its_zip() -> None:
    assert found(lane("1", "60601")) == ["1"]


def test_the_card_says_which_side_of_the_lane_decides_first() -> None:
    rows = lane("by origin", "60601", "GA"), lane("by destination", "IL", "30301")
    assert found(*rows, order="origin first") == ["by origin"]
    assert found(*rows, order="destination first") == ["by destination"]


def test_without_a_declared_side_different_lanes_tie() -> None:
    assert found(lane("1", "60601"), lane("2", "IL"), order="") == ["1", "2"]


def test_a_row_for_the_class_goes_before_one_for_any_class() -> None:
    rows = lane("any", "IL", "GA"), lane("70", "IL", "GA", "70")
    assert found(*rows, freight_class="70") == ["70"]
    assert found(*rows, freight_class="85") == ["any"]


def test_no_row_is_taken_for_another_lane() -> None:
    assert found(lane("1", "WI", "GA"), lane("2", "IL", "FL")) == []


def test_an_unknown_place_is_only_held_by_any() -> None:
    rows = lane("GA", "*", "GA"), lane("any")
    assert [row.row for row in matching(rows, None, None, "", "origin first")] == ["any"]


@pytest.mark.parametrize("cell", ["", "Georgia", "country USA", "1", "12345678", "G!"])
def test_a_cell_that_names_no_place_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="names no place"):
        spot(cell)
