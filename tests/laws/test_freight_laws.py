"""Laws of graduated prices and of several classes on one bill, for every weight and table."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.facts.freight import FreightItem
from app.pricing.lines.charge import Charge
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.shapes import Shape
from app.pricing.shapes.clipping import Clipping, ClippingRow
from app.pricing.shapes.cwt_breaks import CwtBreaks, CwtRow
from tests.laws.test_money_laws import BOUNDS, FOUR_RATES, LAW, ltl
from tests.unit.pricing import made_facts as made

NEW_YEAR = date(2026, 1, 1)
WEIGHTS = st.decimals("0.1", "3000", places=1)
RATES = st.decimals("0.01", "99.99", places=2)
STEPS = st.lists(st.tuples(st.integers(1, 3000), RATES), min_size=1, max_size=5)
SINCE = {"table": "t.csv", "effective_from": NEW_YEAR, "known_from": NEW_YEAR}


def line_of(term: Shape, **told: Any) -> Charge:
    card = RateCard(
        name="Laws",
        customer="LAW",
        currency="USD",
        agreed_in="the laws",
        effective_from=NEW_YEAR,
        rate_date="pickup",
        charges=(term,),
    )
    unit = made.unit("S1", made.shipment("S1", **told), made.picked_up())
    rated = price(unit, (), (), card, NEW_YEAR)
    assert tie_out_faults(rated) == ()
    (charge,) = rated.charges
    return charge


def graduated(steps: dict[int, Decimal], weight: Decimal) -> Fraction:
    """The exact price, by steps from their lower bound on to the next."""
    bounds = sorted(steps)
    rows = tuple(
        ClippingRow(
            **SINCE,  # type: ignore[arg-type]
            line=at,
            row=str(at),
            at_least=Decimal(low),
            below=Decimal(bounds[at + 1]) if at + 1 < len(bounds) else None,
            rate=steps[low],
        )
        for at, low in enumerate(bounds)
    )
    term = Clipping(charge="linehaul", counts="weight", unit="lb", steps=rows)
    return Fraction(line_of(term, weight=made.pounds(str(weight))).unrounded)


@LAW
@given(STEPS, RATES, WEIGHTS, WEIGHTS)
def test_more_weight_never_costs_less_and_each_pound_costs_its_own_step(
    steps: list[tuple[int, Decimal]], first: Decimal, one: Decimal, other: Decimal
) -> None:
    table = {0: first, **dict(steps)}
    low, high = sorted((one, other))
    apart = graduated(table, high) - graduated(table, low)
    dearest, cheapest = max(table.values()), min(table.values())
    assert Fraction(cheapest) * Fraction(high - low) <= apart
    assert apart <= Fraction(dearest) * Fraction(high - low)


@LAW
@given(STEPS, RATES, WEIGHTS, st.integers(1, 3000))
def test_cutting_a_step_in_two_changes_no_price(
    steps: list[tuple[int, Decimal]], first: Decimal, weight: Decimal, cut: int
) -> None:
    table = {0: first, **dict(steps)}
    under = max(low for low in table if low <= cut)
    assert graduated(table, weight) == graduated({**table, cut: table[under]}, weight)


def mixed(items: list[tuple[str, Decimal]], rates: dict[str, list[Decimal]]) -> Decimal:
    rows = tuple(
        CwtRow(
            **SINCE,  # type: ignore[arg-type]
            line=at,
            row=str(at),
            freight_class=name,
            rates=dict(zip(BOUNDS, own, strict=True)),
        )
        for at, (name, own) in enumerate(rates.items())
    )
    term = CwtBreaks(
        charge="linehaul",
        method="cwt_mixed_deficit_on_net_1",
        interval="from inclusive",
        minimum_applies="after discount",
        breaks=BOUNDS,
        rates=rows,
    )
    goods = tuple(FreightItem(freight_class=c, weight=made.pounds(str(w))) for c, w in items)
    return line_of(term, items=goods).amount.amount


@LAW
@given(WEIGHTS, FOUR_RATES)
def test_a_single_item_costs_what_its_shipment_does_but_for_the_cent_of_the_deficit_line(
    weight: Decimal, rates: list[Decimal]
) -> None:
    alone = ltl(weight, rates, "cwt_deficit_on_net_1").amount
    assert abs(mixed([("70", weight)], {"70": rates}) - alone) <= Decimal("0.01")


@settings(LAW, max_examples=50)
@given(WEIGHTS, WEIGHTS, FOUR_RATES, FOUR_RATES)
def test_items_may_stand_in_any_order_and_cost_no_more_than_all_at_the_dearer_class(
    one: Decimal, other: Decimal, low: list[Decimal], more: list[Decimal]
) -> None:
    high = [a + b for a, b in zip(low, more, strict=True)]
    rates = {"70": low, "100": high}
    price_of_both = mixed([("70", one), ("100", other)], rates)
    assert price_of_both == mixed([("100", other), ("70", one)], rates)
    assert price_of_both <= mixed([("100", one), ("100", other)], rates)
