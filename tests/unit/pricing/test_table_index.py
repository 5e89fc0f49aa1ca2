"""The index names few rows, and what is read from them is what the whole table would say."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.facts.party import Place
from app.pricing.agreed import table_index
from app.pricing.agreed.lanes import matching, spot
from app.pricing.agreed.rows import LaneRow, Row, StepRow, in_force
from app.pricing.agreed.term import LaneOrder
from app.pricing.shapes.work_order import TaskRow
from tests.unit.pricing.made_facts import place

FIRST = date(2026, 1, 1)
CELLS = ("*", "country US", "IL", "il ", "Chicago IL", "606", "60601", "60601-1234", "GA", "303")
CLASSES = ("*", "70", " 70", "85", "hazmat", "HAZMAT")
PLACES = (
    None,
    place("Chicago IL 60601"),
    place("Chicago IL 60601-1234"),
    place("Atlanta GA 30301"),
    Place(city="Joliet", region="il"),
    Place(),
)


@pytest.fixture(autouse=True)
def every_table_is_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_index, "SMALL", 0)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


days = st.integers(0, 6).map(day)


@st.composite
def dated(draw: st.DrawFn) -> dict[str, Any]:
    """A row's number and days; few of each, so that rows meet and supersede each other."""
    return {
        "table": "t.csv",
        "row": str(draw(st.integers(1, 8))),
        "effective_from": draw(days),
        "effective_before": draw(st.none() | days),
        "known_from": draw(days),
    }


def tables(kind: type[Row], **values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    row = st.builds(lambda when, own: when | own, dated(), st.fixed_dictionaries(values))
    return st.lists(row, max_size=24).map(
        lambda rows: tuple(kind(line=line, **each) for line, each in enumerate(rows, start=2))
    )


LANES = tables(
    LaneRow,
    origin=st.sampled_from(CELLS),
    destination=st.sampled_from(CELLS),
    freight_class=st.sampled_from(CLASSES),
)
LEVEL_BOUNDS = st.integers(0, 8).map(lambda tenths: Decimal(tenths) / 10)
STEPS = tables(StepRow, at_least=LEVEL_BOUNDS, below=st.none() | LEVEL_BOUNDS)
TASKS = tables(
    TaskRow,
    task=st.sampled_from(("kitting", "Kitting", "labelling")),
    unit=st.sampled_from(("each", "hour")),
    rate=st.just(Decimal(1)),
)


def lies_in(cell: str, place: Place | None) -> bool:
    """The plain reading of one cell, level by level."""
    understood = spot(cell)
    if understood.text == "*":
        return True
    if place is None:
        return False
    code = "".join(sign for sign in place.postal_code if sign.isalnum())[:5]
    city = f"{place.city} {place.region}".upper().strip()
    region, country = place.region.upper(), place.country.upper()
    return (code, code[:3], city, region, country)[understood.level] == understood.text


def read_plainly(
    rows: Iterable[LaneRow],
    lane: tuple[Place | None, Place | None],
    freight_class: str,
    order: LaneOrder,
) -> list[LaneRow]:
    """Every row looked at, the most specific kept."""
    held = [
        row
        for row in rows
        if lies_in(row.origin, lane[0])
        and lies_in(row.destination, lane[1])
        and row.freight_class.strip().upper() in {"*", freight_class.strip().upper()}
    ]
    if not order and len({row.key for row in held}) > 1:
        return held

    def rank(row: LaneRow) -> tuple[int, ...]:
        origin, destination = spot(row.origin).level, spot(row.destination).level
        sides = (origin, destination) if order == "origin first" else (destination, origin)
        return (*sides, int(row.freight_class.strip() == "*"))

    best = min((rank(row) for row in held), default=())
    return [row for row in held if rank(row) == best]


@settings(max_examples=400)
@given(
    LANES,
    st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)),
    st.sampled_from(("", "*", "70", "85", "Hazmat")),
    st.sampled_from(("", "origin first", "destination first")),
    days,
    days,
)
def test_a_lane_finds_what_the_whole_table_says(
    rows: tuple[LaneRow, ...],
    lane: tuple[Place | None, Place | None],
    freight_class: str,
    order: LaneOrder,
    on: date,
    known_on: date,
) -> None:
    near = table_index.near_lane(rows, *lane, freight_class)
    found = matching(in_force(near, on, known_on), *lane, freight_class, order)
    assert list(found) == read_plainly(in_force(rows, on, known_on), lane, freight_class, order)


@settings(max_examples=400)
@given(STEPS, st.integers(-5, 90), days, days)
def test_a_number_finds_the_steps_that_the_whole_table_has_for_it(
    rows: tuple[StepRow, ...], hundredths: int, on: date, known_on: date
) -> None:
    value = Fraction(hundredths, 100)
    near = in_force(table_index.near_number(rows, value), on, known_on)
    whole = in_force(rows, on, known_on)
    assert [row for row in near if row.holds(value)] == [row for row in whole if row.holds(value)]


@settings(max_examples=200)
@given(TASKS, days, days)
def test_a_key_finds_the_rows_that_the_whole_table_has_for_it(
    rows: tuple[TaskRow, ...], on: date, known_on: date
) -> None:
    key = ("kitting", "each")
    near = in_force(table_index.near_key(rows, key), on, known_on)
    whole = in_force(rows, on, known_on)
    assert [row for row in near if row.key == key] == [row for row in whole if row.key == key]


@given(LANES)
def test_rows_that_price_the_same_are_found_together(rows: tuple[LaneRow, ...]) -> None:
    together = [frozenset(row.line for row in same) for same in table_index.alike(rows)]
    for row in rows:
        same = {
            other.line
            for other in rows
            if spot(other.origin) == spot(row.origin)
            and spot(other.destination) == spot(row.destination)
            and other.key[2] == row.key[2]
        }
        assert len(same) == 1 or frozenset(same) in together


class OwnKey(LaneRow, frozen=True, kw_only=True):
    """A row of a shape that prices more than a lane."""

    size: str

    @property
    def key(self) -> tuple[str, ...]:
        return (self.size,)


def test_rows_with_keys_of_their_own_are_left_to_their_shape() -> None:
    when: dict[str, Any] = {"table": "t.csv", "effective_from": FIRST, "known_from": FIRST}
    rows = tuple(
        OwnKey(line=line, row=str(line), origin="IL", size=size, **when)
        for line, size in ((2, "20"), (3, "40"))
    )
    assert table_index.near_lane(rows, place("Atlanta GA 30301"), None, "") is rows


def test_one_lane_of_many_is_found_without_reading_the_others() -> None:
    when: dict[str, Any] = {"table": "t.csv", "effective_from": FIRST, "known_from": FIRST}
    rows = tuple(
        LaneRow(line=line, row=str(line), origin=f"{line:05}", destination="303", **when)
        for line in range(10000, 12000)
    )
    near = table_index.near_lane(rows, place("Somewhere IL 10007"), PLACES[3], "")
    assert [row.row for row in near] == ["10007"]


def test_a_step_of_many_is_found_without_reading_the_others() -> None:
    when: dict[str, Any] = {"table": "t.csv", "effective_from": FIRST, "known_from": FIRST}
    rows = tuple(
        StepRow(line=at, row=str(at), at_least=Decimal(at), below=Decimal(at + 1), **when)
        for at in range(1000)
    )
    near = table_index.near_number(rows, Decimal("17.999"))
    assert [row.row for row in near] == ["17"]


def test_a_correction_that_stands_above_and_ends_earlier_still_supersedes() -> None:
    when: dict[str, Any] = {"table": "t.csv", "effective_from": FIRST, "at_least": Decimal("2.901")}
    rows = (
        StepRow(line=2, row="2", below=Decimal("2.930"), known_from=day(3), **when),
        StepRow(line=3, row="1", below=Decimal("2.951"), known_from=day(1), **when),
    )
    near = in_force(table_index.near_number(rows, Decimal("2.940")), FIRST, day(3))
    assert [row.row for row in near] == ["2"]
