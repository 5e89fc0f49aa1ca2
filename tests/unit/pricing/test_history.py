"""An accepted price of the past stays what it was; what changes is said row by row."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.term import Term
from app.pricing.rating.card import RateCard
from app.pricing.rating.history import TermChange, overwritten, row_changes, term_changes, values_of
from app.pricing.rating.rate import price
from app.pricing.shapes.cwt_breaks import CubicCapacity, CwtBreaks, CwtRow
from app.pricing.shapes.flat import Flat, FlatRow
from app.pricing.shapes.per_mile import MileRow, PerMile
from tests.unit.pricing import made_facts as made

ACCEPTED = date(2026, 1, 1)
KNOWN = date(2025, 11, 17)
TODAY = date(2026, 3, 1)


def row(number: str, amount: str, **values: object) -> FlatRow:
    fixed = {"table": "t.csv", "line": int(number) + 1, "effective_from": ACCEPTED}
    fixed |= {"known_from": KNOWN, "amount": Decimal(amount), **values}
    return msgspec.convert({"row": number, **fixed}, FlatRow)


def card(rows: Iterable[Any], **values: Any) -> RateCard:
    charges: tuple[Term, ...] = (Flat(charge="admin", rates=tuple(rows)),)
    fixed: dict[str, Any] = {
        "name": "C",
        "customer": "CASE",
        "currency": "USD",
        "agreed_in": "made up",
        "effective_from": ACCEPTED,
        "rate_date": "pickup",
        "charges": charges,
        "lanes": "origin first",
    }
    return RateCard(**{**fixed, **values})


OLD = card([row("1", "10.00"), row("2", "20.00", destination="GA")])


def said(new: RateCard, on: date = TODAY, old: RateCard = OLD) -> list[str]:
    return [flaw.what for flaw in overwritten(old, new, on)]


def test_a_price_that_was_edited_in_place_is_refused_with_both_values() -> None:
    new = card([row("1", "11.00"), row("2", "20.00", destination="GA")])
    assert said(new) == [
        "row 1 of admin was accepted and is overwritten: amount was 10.00, is 11.00"
    ]
    flaw = overwritten(OLD, new, TODAY)[0]
    assert flaw.charge == "admin"
    assert flaw.mend == (
        "put it back as it was; a new price is a new row with a later `effective from`, "
        "a correction is a row with a later `known from`"
    )
    assert flaw.row is new.charges[0].rates[0]  # type: ignore[union-attr]


def test_every_value_of_a_row_counts_its_lane_and_its_days_too() -> None:
    new = card([row("1", "10.00", origin="IL", effective_from=date(2025, 12, 1)), OLD_2])
    assert said(new) == [
        (
            "row 1 of admin was accepted and is overwritten: effective from was 2026-01-01, "
            "is 2025-12-01; origin was *, is IL"
        )
    ]


OLD_2 = row("2", "20.00", destination="GA")


def test_a_row_that_vanished_is_refused_with_what_it_said() -> None:
    (flaw,) = overwritten(OLD, card([OLD_2]), TODAY)
    assert flaw == Flaw(
        what="row 1 of t.csv was accepted and is gone; it said: row 1, effective from 2026-01-01, "
        "effective before nothing, known from 2025-11-17, origin *, destination *, "
        "freight class *, amount 10.00",
        charge="admin",
        mend="put it back; a row ends by `effective before` with a day to come, "
        "or by the same row number with a later `known from`",
    )


def test_a_charge_that_vanished_takes_no_row_with_it() -> None:
    new = card([], charges=())
    assert len(said(new)) == 2
    assert {flaw.charge for flaw in overwritten(OLD, new, TODAY)} == {""}


def test_where_a_row_stands_and_how_a_price_is_written_say_nothing() -> None:
    moved = row("1", "10.0", table="other.csv", line=99)
    assert said(card([OLD_2, moved])) == []


def test_a_later_known_from_corrects_a_row_beside_it_or_in_its_place() -> None:
    corrected = row("1", "11.00", known_from=TODAY)
    assert said(card([row("1", "10.00"), corrected, OLD_2])) == []
    assert said(card([corrected, OLD_2])) == []


def test_an_earlier_known_from_corrects_nothing() -> None:
    assert len(said(card([row("1", "11.00", known_from=date(2025, 11, 16)), OLD_2]))) == 1


def test_a_version_that_was_corrected_before_stays_as_it_was_known() -> None:
    old = card([row("1", "10.00"), row("1", "11.00", known_from=date(2026, 2, 1))])
    again = card([row("1", "9.00"), row("1", "11.00", known_from=date(2026, 2, 1))])
    assert said(again, old=old) == [
        "row 1 of admin was accepted and is overwritten: amount was 10.00, is 9.00"
    ]


def test_a_row_of_another_table_under_the_same_number_corrects_nothing() -> None:
    def two(miles: MileRow, amount: FlatRow) -> RateCard:
        truck = PerMile(charge="linehaul", mileage="PC*MILER", rates=(miles,))
        return card([], charges=(truck, Flat(charge="admin", rates=(amount,))))

    def mile(rate: str, known_from: date) -> MileRow:
        return MileRow(
            table="m.csv",
            line=2,
            row="1",
            effective_from=ACCEPTED,
            known_from=known_from,
            rate=Decimal(rate),
        )

    old = two(mile("2.10", KNOWN), row("1", "10.00"))
    new = two(mile("2.20", TODAY), row("1", "11.00"))
    assert said(new, old=old) == [
        "row 1 of admin was accepted and is overwritten: amount was 10.00, is 11.00"
    ]


@pytest.mark.parametrize(
    ("end", "flaws"), [(TODAY, 0), (TODAY - timedelta(days=1), 1), (TODAY + timedelta(days=9), 0)]
)
def test_a_row_may_end_from_a_day_to_come_and_not_before(end: date, flaws: int) -> None:
    assert len(said(card([row("1", "10.00", effective_before=end), OLD_2]))) == flaws


def test_an_end_that_has_passed_is_not_put_off() -> None:
    old = card([row("1", "10.00", effective_before=date(2026, 2, 1))])
    assert len(said(card([row("1", "10.00")]), old=old)) == 1


def test_a_card_that_begins_later_is_another_card() -> None:
    next_year = card([row("1", "12.00")], effective_from=date(2027, 1, 1))
    assert said(next_year) == []
    assert len(said(next_year, on=date(2027, 1, 2))) == 2
    ended = card([row("1", "10.00")], effective_before=date(2027, 1, 1))
    assert said(next_year, on=date(2027, 1, 2), old=ended) == []


def test_changes_are_told_row_by_row_and_term_by_term() -> None:
    new = card([row("1", "11.00"), row("3", "30.00", destination="FL")], name="D")
    changes = row_changes(OLD, new)
    assert [(each.row.row, each.old is None, each.new is None) for each in changes] == [
        ("1", False, False),
        ("2", False, True),
        ("3", True, False),
    ]
    assert changes[0].differences == ("amount was 10.00, is 11.00",)
    assert [str(each) for each in term_changes(OLD, new)] == ["card: name was C, is D"]
    described = card(OLD.charges[0].rates, charges=(_described(OLD),))  # type: ignore[union-attr]
    assert [str(each) for each in term_changes(OLD, described)] == [
        "admin: clause was nothing, is item 9"
    ]


def test_each_kind_of_value_is_told_as_a_person_would_write_it() -> None:
    plain = breaks(breaks={"L5C": Decimal(0)}, rates=())
    full = breaks(
        breaks={"L5C": Decimal(0), "1M": Decimal(1000)},
        cubic_capacity=CubicCapacity(volume_from=Decimal(750), density_below=Decimal("6.0")),
        credit=True,
        of=("admin", "permit"),
        weight_below=Decimal("20000.5"),
        rates=(),
    )
    told = [
        str(each) for each in term_changes(card([], charges=(plain,)), card([], charges=(full,)))
    ]
    assert told == [
        "linehaul: breaks was L5C 0, is 1M 1,000, L5C 0",
        "linehaul: credit was no, is yes",
        "linehaul: cubic capacity was nothing, is volume from 750, density below 6.0",
        "linehaul: of was nothing, is admin, permit",
        "linehaul: weight below was nothing, is 20,000.5",
    ]


def test_a_charge_of_another_shape_and_another_order_are_told_in_order() -> None:
    flat = Flat(charge="admin", rates=())
    mile = PerMile(charge="linehaul", mileage="PC*MILER", rates=())
    old = card([], charges=(flat, mile))
    turned = card([], charges=(Flat(charge="linehaul", rates=()), flat))
    assert [str(each) for each in term_changes(old, turned)] == [
        "card: charges was admin, linehaul, is linehaul, admin",
        "linehaul: shape was per mile, is flat",
    ]
    assert term_changes(old, turned)[1] == TermChange(
        charge="linehaul", name="shape", was="per mile", now="flat"
    )
    assert [str(each) for each in term_changes(old, card([], charges=(flat,)))] == [
        "card: charges was admin, linehaul, is admin"
    ]


def test_a_row_of_breaks_says_each_under_the_name_of_its_column() -> None:
    one = CwtRow(
        table="b.csv",
        line=2,
        row="7",
        effective_from=ACCEPTED,
        effective_before=date(2027, 1, 1),
        known_from=KNOWN,
        rates={"L5C": Decimal("70.00"), "1M": Decimal("1058.21")},
        discount_percents={"1M": Decimal("70.5")},
    )
    assert values_of(one) == {
        "row": "7",
        "effective from": "2026-01-01",
        "effective before": "2027-01-01",
        "known from": "2025-11-17",
        "origin": "*",
        "destination": "*",
        "freight class": "*",
        "L5C": "70.00",
        "1M": "1,058.21",
        "discount percent": "0",
        "discount percent 1M": "70.5",
        "minimum": "0",
    }
    dearer = msgspec.structs.replace(one, rates={"L5C": Decimal("71.00"), "2M": Decimal(50)})
    old, new = (card([], charges=(breaks(rates=(each,)),)) for each in (one, dearer))
    (change,) = row_changes(old, new)
    assert change.differences == (
        "L5C was 70.00, is 71.00",
        "1M was 1,058.21, is not there",
        "2M was not there, is 50",
    )
    assert (change.charge, change.field) == ("linehaul", "rates")


def breaks(**values: Any) -> CwtBreaks:
    fixed: dict[str, Any] = {
        "charge": "linehaul",
        "method": "cwt_no_deficit_1",
        "interval": "from inclusive",
        "minimum_applies": "after discount",
        "breaks": {"L5C": Decimal(0)},
    }
    return CwtBreaks(**{**fixed, **values})


def _described(old: RateCard) -> Term:
    return msgspec.structs.replace(old.charges[0], clause="item 9")


days = st.integers(0, 120).map(lambda n: ACCEPTED + timedelta(days=n))
amounts = st.integers(0, 10**6).map(lambda cents: str(Decimal(cents).scaleb(-2)))


@given(st.lists(st.tuples(days, days, amounts), max_size=6), days, amounts, days, days)
def test_a_dated_row_more_changes_no_price_of_an_earlier_day(
    rows: list[tuple[date, date, str]], later: date, amount: str, day: date, known_on: date
) -> None:
    before = card([dated(n, *each) for n, each in enumerate(rows, start=1)])
    added = dated(len(rows) + 1, later, ACCEPTED, amount)
    after = card([*before.charges[0].rates, added])  # type: ignore[union-attr]
    assert overwritten(before, after, later) == ()
    if day < later:
        assert priced(after, day, known_on) == priced(before, day, known_on)
    known_later = dated(len(rows) + 1, ACCEPTED, later, amount)
    after = card([*before.charges[0].rates, known_later])  # type: ignore[union-attr]
    if known_on < later:
        assert priced(after, day, known_on) == priced(before, day, known_on)


def dated(number: int, effective_from: date, known_from: date, amount: str) -> FlatRow:
    return row(str(number), amount, effective_from=effective_from, known_from=known_from)


def priced(on: RateCard, day: date, known_on: date) -> tuple[Fraction | None, list[str]]:
    at = made.PICKED_UP.replace(year=day.year, month=day.month, day=day.day)
    unit = made.unit("S1", made.shipment("S1"), made.picked_up(at))
    rated = price(unit, (), (), on, known_on)
    total = Fraction(rated.total.amount) if rated.charges and rated.total else None
    return total, [each.problem for each in rated.unpriced]
