"""Rows by the day on which they count and the day from which they were known."""

from datetime import date

from app.pricing.agreed.rows import LaneRow, Row, in_force

MARCH = date(2026, 3, 1)


def row(number: str, effective: str, known: str, before: str = "") -> Row:
    return Row(
        table="t.csv",
        line=int(number),
        row=number,
        effective_from=date.fromisoformat(effective),
        effective_before=date.fromisoformat(before) if before else None,
        known_from=date.fromisoformat(known),
    )


def numbers(rows: tuple[Row, ...], day: date, known_on: date) -> list[str]:
    return [each.row for each in in_force(rows, day, known_on)]


def test_a_correction_supersedes_and_an_old_decision_still_replays() -> None:
    rows = (row("1", "2026-01-01", "2025-12-01"), row("2", "2026-01-01", "2026-02-10"))
    assert numbers(rows, MARCH, date(2026, 2, 9)) == ["1"]
    assert numbers(rows, MARCH, date(2026, 2, 10)) == ["2"]


def test_a_new_price_leaves_the_days_before_it_alone() -> None:
    rows = (row("1", "2026-01-01", "2025-12-01"), row("2", "2026-07-01", "2026-05-01"))
    assert numbers(rows, date(2026, 6, 30), date(2026, 12, 1)) == ["1"]
    assert numbers(rows, date(2026, 7, 1), date(2026, 12, 1)) == ["2"]


def test_a_new_version_of_a_row_can_end_it() -> None:
    ended = row("1", "2026-01-01", "2026-02-01", before="2026-03-01")
    rows = (row("1", "2026-01-01", "2025-12-01"), ended)
    assert numbers(rows, MARCH, date(2026, 1, 31)) == ["1"]
    assert numbers(rows, MARCH, date(2026, 2, 1)) == []


def test_two_rows_that_were_known_together_both_stand_so_that_neither_is_taken() -> None:
    rows = (row("1", "2026-01-01", "2025-12-01"), row("2", "2026-02-01", "2025-12-01"))
    assert numbers(rows, MARCH, MARCH) == ["1", "2"]


def test_rows_of_different_lanes_do_not_supersede_each_other() -> None:
    def lane(number: str, destination: str, known: str) -> LaneRow:
        return LaneRow(
            table="t.csv",
            line=1,
            row=number,
            effective_from=date(2026, 1, 1),
            known_from=date.fromisoformat(known),
            destination=destination,
        )

    rows = (lane("1", "GA", "2025-12-01"), lane("2", "FL", "2026-02-01"))
    assert {each.row for each in in_force(rows, MARCH, MARCH)} == {"1", "2"}
