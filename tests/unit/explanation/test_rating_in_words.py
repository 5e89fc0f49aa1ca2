"""A working read out in sentences: every number of it, in its order, and nothing else."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.explanation.rating_in_words import NUMBER, rating_in_words, said_formula
from app.explanation.rating_report import rating_report
from app.money import Money
from app.pricing.lines.charge import Charge, Excluded, Input, Rated, Unpriced

DEFICIT = "900 lb rated as 1,000 lb (deficit 100 lb): 10.00 cwt x 49.39 = 493.90, less 70% = 1"
CHEAPER = "Your shipment weighs 900 lb. It is cheaper billed as 1,000 lb, which is 100 lb more."
DROPPED = "it stood 30 h, above 8 h: alone, 1,800 min less 60 free = 1,740 min, 29 x 10 = 290"


@pytest.mark.parametrize(
    "formula, sentences",
    [
        (
            DEFICIT,
            (
                CHEAPER,
                "That is 10.00 hundredweight times 49.39.",
                "It comes to 493.90.",
                "The discount of 70% is taken off.",
                "It comes to 1.",
            ),
        ),
        (
            "4.00 cwt x 20.00 = 80.00, raised to the minimum 95.00 = 95.00",
            (
                "That is 4.00 hundredweight times 20.00.",
                "It comes to 80.00.",
                "That is below the minimum, so the minimum of 95.00 counts.",
                "It comes to 95.00.",
            ),
        ),
        (
            "112 min less 40 free = 72 min, 5 x 15 min x 53.30 = 266.50, capped at 250.00 = 250.00",
            (
                "The truck stood for 112 minutes; 40 of them are free, and 72 are left.",
                "That is 5 times 15 min times 53.30.",
                "It comes to 266.50.",
                "That is above the most that is charged, so 250.00 counts.",
                "It comes to 250.00.",
            ),
        ),
        (
            "547 mi x 2.10 = 1,148.70 for the load; of it 18,240 of 31,655 lb = 661.90",
            (
                "That is 547 mi times 2.10.",
                "It comes to 1,148.70.",
                "That is for the whole load; your part of it is 18,240 of 31,655 lb.",
                "It comes to 661.90.",
            ),
        ),
        (
            "(3.850 - 1.25) / 6.5 x 500 mi = 200.00",
            ("(3.850 - 1.25) / 6.5 x 500 mi.", "It comes to 200.00."),
        ),
        (
            DROPPED,
            (
                "It stood 30 h.",
                "Above 8 h.",
                "Alone.",
                "The truck stood for 1,800 minutes; 60 of them are free, and 1,740 are left.",
                "That is 29 times 10.",
                "It comes to 290.",
            ),
        ),
        ("", ()),
    ],
)
def test_a_formula_is_read_out_step_by_step(formula: str, sentences: tuple[str, ...]) -> None:
    assert said_formula(formula) == sentences


HEADS = (
    *("1,800 lb rated as 2,000 lb (deficit 200 lb): ", "3 less 2 included: ", "zone 7: "),
    *("9 min less 4 free = 5 min, ", "it stood 30 h, above 8 h: ", "with 12, "),
)
BODIES = ("20.00 cwt x 49.39", "20.0% of linehaul 296.34", "(3.85 - 1.25) / 6.5 x 500 mi", "1 + 2")
TAILS = (
    *(" = 987.80", ", less 70%", ", rounded 59.27", ", raised to the minimum 95.00"),
    *(", capped at 3", " for the load; of it 1 of 2 lb", ", of which 4 more", "; 5 besides"),
)


def some(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=4).map("".join)


@given(some(HEADS), st.sampled_from(BODIES), some(TAILS))
def test_no_number_of_a_formula_is_lost_whatever_a_shape_writes(
    head: str, body: str, tail: str
) -> None:
    said = " ".join(said_formula(f"{head}{body}{tail}"))
    assert re.findall(NUMBER, said) == re.findall(NUMBER, f"{head}{body}{tail}")


def line(code: str, amount: str, *inputs: Input, rejected: tuple[str, ...] = ()) -> Charge:
    return Charge(
        code=code,
        description=code.capitalize(),
        quantity=Decimal(1),
        unit="each",
        rate=Decimal(amount),
        amount=Money(Decimal(amount), "USD"),
        formula=f"1 x {amount} = {amount}",
        inputs=inputs,
        rows=(),
        card="C",
        method="flat_1",
        unrounded=amount,
        rounding="half_up_1",
        clause="item 1",
        rejected=rejected,
    )


WEIGHT = Input(name="weight", value="900 lb", fact_ids=("f1",))
DAY = Input(name="rate date", value="2026-03-05 (pickup)", fact_ids=("f2",))


def test_what_goes_into_several_lines_is_said_once_and_the_day_goes_first() -> None:
    rated = Rated(currency="USD", charges=(line("a", "1.00", WEIGHT, DAY), line("b", "2.00", DAY)))
    said = list(rating_in_words(rated))
    assert said[1] == "  The prices of 2026-03-05 count, the day of pickup."
    assert said[2] == "  Your shipment weighs 900 lb."
    assert sum("2026-03-05" in each for each in said) == 1
    assert said[-1] == "Together that is 3.00 USD."


def test_what_costs_the_same_or_was_never_worked_out_is_told_as_it_is() -> None:
    even = "5M: 50.00 x 20.00 = 1,000.00; costs the same, and the lower weight stands"
    (said,) = [
        each
        for each in rating_in_words(
            Rated(currency="USD", charges=(line("a", "1.00", rejected=(even,)),))
        )
        if "50.00" in each
    ]
    assert said == (
        "  At 50.00 times 20.00 it would be 1,000.00: costs the same, and the lower weight stands."
    )
    other = line("a", "1.00", rejected=("row 7: not in force",))
    assert "  We also looked at row 7: not in force." in list(
        rating_in_words(Rated(currency="USD", charges=(other,)))
    )


MISSING = Rated(
    currency="USD",
    charges=(line("a", "1.00"),),
    unpriced=(Unpriced(charge="fuel_surcharge", problem="no_index", why="no value is published"),),
    excluded=(
        Excluded(
            charge="detention", subject="stop 2", why="late", amount=Money(Decimal("9.00"), "USD")
        ),
    ),
)


def test_what_is_missing_or_excluded_is_said_beside_the_total() -> None:
    said = list(rating_in_words(MISSING))
    assert "Fuel surcharge has no price yet: no value is published." in said
    assert "Detention (stop 2) is not charged, although it would be 9.00 USD: late." in said
    assert said[-1] == "Together that is 1.00 USD so far; what has no price yet comes on top."
    report = list(rating_report(MISSING, {}))
    assert "fuel_surcharge: no price (no_index)" in report
    assert "detention stop 2: excluded, would be 9.00 USD" in report
    assert report[-1] == "total: 1.00 USD, without fuel_surcharge (no price)"


@pytest.mark.parametrize("currency", ["", "USD"])
def test_where_nothing_has_a_price_there_is_no_total(currency: str) -> None:
    rated = Rated(
        currency=currency, unpriced=(Unpriced(charge="all", problem="no_card", why="no card"),)
    )
    assert list(rating_in_words(rated))[-1] == "There is no total."
    assert list(rating_report(rated, {}))[-1] == "total: none, nothing has a price"


def test_a_report_names_each_source_once() -> None:
    rated = Rated(currency="USD", charges=(line("a", "1.00", WEIGHT, DAY),))
    report = list(rating_report(rated, {"f1": "tms north, message 1"}))
    assert "    weight: 900 lb   <- tms north, message 1" in report
    assert "    rate date: 2026-03-05 (pickup)" in report
