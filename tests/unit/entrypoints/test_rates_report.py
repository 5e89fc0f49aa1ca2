"""What is printed about a card and about the money of two."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.authoring.files.card_files import load_card
from app.authoring.workshop.card_report import report_of
from app.entrypoints.rates_report import card_lines, covered, money_lines
from app.money import Money
from app.operations.looking.rate_units import Repriced
from app.pricing.agreed.rows import Row
from app.pricing.lines.charge import Charge, Rated, Unpriced
from app.settings import Settings


def row(first: str, end: str = "") -> Row:
    return Row(
        table="t.csv",
        line=2,
        row="1",
        effective_from=date.fromisoformat(first),
        effective_before=date.fromisoformat(end) if end else None,
        known_from=date(2025, 12, 1),
    )


@pytest.mark.parametrize(
    "rows, days",
    [
        ([row("2026-01-01")], "2026-01-01 onwards"),
        ([row("2026-01-01", "2026-07-01")], "2026-01-01 until 2026-06-30"),
        ([row("2026-07-01"), row("2026-01-01", "2026-07-01")], "2026-01-01 onwards"),
        (
            [row("2026-01-01", "2026-06-30"), row("2026-07-01")],
            "2026-01-01 until 2026-06-29, 2026-07-01 onwards",
        ),
        ([row("2026-01-01"), row("2026-02-01", "2026-03-01")], "2026-01-01 onwards"),
        (
            [row("2026-01-01", "2026-12-01"), row("2026-02-01", "2026-03-01")],
            "2026-01-01 until 2026-11-30",
        ),
        ([row("2026-01-01", "2026-01-01")], "no day"),
    ],
)
def test_the_days_that_rows_cover_are_told_with_their_holes(rows: list[Row], days: str) -> None:
    assert covered(rows) == days


def test_break_points_and_boundary_cases_are_bounded_and_the_rest_is_counted() -> None:
    card = load_card(Settings().ratecards / "NORTHWIND")
    report = report_of(card)
    some = list(card_lines(Path("NORTHWIND"), card, report, None, 10))
    every = list(card_lines(Path("NORTHWIND"), card, report, card, None))
    for told in (report.break_points, report.boundary_cases):
        assert len(told) > 10
        lines = [f"    {each}" for each in told]
        assert [line for line in some if line in lines] == lines[:10]
        assert [line for line in every if line in lines] == lines
        assert f"    ... and {len(told) - 10} more; --all shows them" in some
    assert not any("differ" in line for line in every)


def rated(amount: str = "", *missing: str, currency: str = "USD") -> Rated:
    charges: tuple[Charge, ...] = ()
    if amount:
        charges = (
            Charge(
                code="linehaul",
                description="Linehaul",
                quantity=Decimal(1),
                unit="each",
                rate=Decimal(amount),
                amount=Money(Decimal(amount), currency),
                formula=f"1 x {amount} = {amount}",
                inputs=(),
                rows=(),
                card="C",
                method="flat_1",
                unrounded=amount,
                rounding="half_up_1",
                clause="",
            ),
        )
    unpriced = tuple(Unpriced(charge=each, problem="no_rate", why="none") for each in missing)
    return Rated(currency=currency, charges=charges, unpriced=unpriced)


def test_sums_are_exact_and_each_currency_has_its_own() -> None:
    lines = list(
        money_lines(
            [
                Repriced(unit="a", old=rated("0.10"), new=rated("0.20")),
                Repriced(unit="b", old=rated("0.20"), new=rated("0.10")),
                Repriced(unit="c", old=rated("9.99"), new=rated("0.01")),
                Repriced(unit="d", old=rated("5.00"), new=rated("5.00")),
                Repriced(unit="e", old=rated("7", currency="JPY"), new=rated("8", currency="JPY")),
            ]
        )
    )
    assert lines == [
        "5 stored units rated by both; 4 change",
        "  a: 0.10 USD -> 0.20 USD (+0.10 USD)",
        "  b: 0.20 USD -> 0.10 USD (-0.10 USD)",
        "  c: 9.99 USD -> 0.01 USD (-9.98 USD)",
        "  e: 7 JPY -> 8 JPY (+1 JPY)",
        "sum: 7 JPY -> 8 JPY (+1 JPY)",
        "sum: 15.29 USD -> 5.31 USD (-9.98 USD)",
    ]


def test_a_price_that_is_lost_or_gained_is_told_even_where_totals_do_not_show_it() -> None:
    lines = list(
        money_lines(
            [
                Repriced(unit="a", old=rated("1.00"), new=rated("", "linehaul")),
                Repriced(unit="b", old=rated("", "linehaul"), new=rated("1.00")),
                Repriced(unit="c", old=rated("0.00"), new=rated("", "all")),
            ]
        )
    )
    assert "    loses its price: linehaul" in lines
    assert "    gains a price: linehaul" in lines
    assert lines[0] == "3 stored units rated by both; 3 change"
    assert "  a: 1.00 USD -> 0.00 USD without a price for all of it (-1.00 USD)" in lines
