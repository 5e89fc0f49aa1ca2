"""Laws of money that hold for every amount, every split and every rate table."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.evidence.correlation.unit import BillableUnit
from app.money import Money, largest_remainder, of_minor_units, rounded_half_up, total
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.lines.wording import exact_text
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.shapes.cwt_breaks import CwtBreaks, CwtMethod, CwtRow
from app.pricing.shapes.per_mile import MileRow, PerMile
from tests.unit.pricing import made_facts as made

WEIGHTS = st.decimals("0.001", "50000", places=3)
SHARES = st.dictionaries(st.text("abcdefgh", min_size=1), WEIGHTS, min_size=1, max_size=9)
CENTS = st.integers(-(10**9), 10**9)
CURRENCIES = st.sampled_from(["USD", "JPY", "KWD"])
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
RATES = st.decimals("0.01", "999.99", places=2)
NEW_YEAR = date(2026, 1, 1)

LAW = settings(deadline=None)
"""A busy machine may be slow; that breaks no law of money."""


@LAW
@given(CENTS, SHARES, CURRENCIES)
def test_shares_add_up_and_each_is_within_one_coin_of_its_exact_part(
    cents: int, weights: dict[str, Decimal], currency: str
) -> None:
    amount = of_minor_units(cents, currency)
    shares = dict(largest_remainder(amount, tuple(weights.items())))
    assert total(shares.values(), currency) == amount
    whole = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    for key, weight in weights.items():
        assert abs(shares[key].minor_units - cents * Fraction(weight) / whole) < 1


@LAW
@given(CENTS, SHARES, st.randoms(use_true_random=False))
def test_shares_do_not_depend_on_the_order_of_the_shipments(
    cents: int, weights: dict[str, Decimal], shuffle: object
) -> None:
    amount = of_minor_units(cents, "USD")
    mixed = list(weights.items())
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert dict(largest_remainder(amount, mixed)) == dict(
        largest_remainder(amount, tuple(weights.items()))
    )


@LAW
@given(CENTS, SHARES)
def test_a_credit_is_shared_as_the_exact_negative(cents: int, weights: dict[str, Decimal]) -> None:
    amount = of_minor_units(cents, "USD")
    pairs = tuple(weights.items())
    assert [(key, -share) for key, share in largest_remainder(amount, pairs)] == [
        (key, share) for key, share in largest_remainder(-amount, pairs)
    ]


@LAW
@given(st.fractions(-(10**6), 10**6, max_denominator=10**6), CURRENCIES)
def test_rounding_moves_by_half_a_coin_at_most_and_mirrors_its_sign(
    exact: Fraction, currency: str
) -> None:
    rounded = rounded_half_up(exact, currency)
    coin = Fraction(of_minor_units(1, currency).amount)
    assert abs(Fraction(rounded.amount) - exact) <= coin / 2
    assert rounded_half_up(-exact, currency) == -rounded


@LAW
@given(st.fractions(-(10**9), 10**9, max_denominator=10**9))
@example(Fraction(26_214_399_999_999_999, 26_214_400))  # more digits than a usual context keeps
def test_an_unrounded_result_is_written_without_loss(exact: Fraction) -> None:
    assert Fraction(exact_text(exact)) == exact


def mile_row(number: int, rate: Decimal, effective: date, known: date) -> MileRow:
    return MileRow(
        table="t.csv",
        line=number,
        row=str(number),
        effective_from=effective,
        known_from=known,
        rate=rate,
    )


def card_with(*rows: MileRow) -> RateCard:
    return RateCard(
        name="Law",
        customer="LAW",
        currency="USD",
        agreed_in="a law",
        effective_from=NEW_YEAR,
        rate_date="pickup",
        charges=(PerMile(charge="linehaul", mileage="PC*MILER", rates=rows),),
    )


def picked_up_on(day: date) -> BillableUnit:
    at = made.PICKED_UP.replace(year=day.year, month=day.month, day=day.day)
    miles = made.distance_of("123.4")
    return made.unit("S1", made.shipment("S1", distance=miles), made.picked_up(at))


def rated_on(day: date, known_on: date, *rows: MileRow) -> Rated:
    return price(picked_up_on(day), (), (), card_with(*rows), known_on)


ROWS = st.builds(
    lambda offset, rate, known: (NEW_YEAR + timedelta(days=offset), rate, known),
    st.integers(0, 300),
    RATES,
    DAYS,
)


def mile_rows(values: list[tuple[date, Decimal, date]]) -> list[MileRow]:
    return [mile_row(at, rate, day, known) for at, (day, rate, known) in enumerate(values)]


@LAW
@given(st.lists(ROWS, max_size=5), ROWS, DAYS, DAYS)
def test_a_row_with_a_later_effective_date_never_changes_an_earlier_days_price(
    values: list[tuple[date, Decimal, date]],
    added: tuple[date, Decimal, date],
    day: date,
    known_on: date,
) -> None:
    rows = mile_rows(values)
    later = mile_row(99, added[1], day + timedelta(days=1 + added[0].day), added[2])
    assert rated_on(day, known_on, *rows, later) == rated_on(day, known_on, *rows)


@LAW
@given(st.lists(ROWS, max_size=5), ROWS, DAYS, DAYS)
def test_a_row_that_became_known_later_never_changes_what_was_priced_before(
    values: list[tuple[date, Decimal, date]],
    added: tuple[date, Decimal, date],
    day: date,
    known_on: date,
) -> None:
    rows = mile_rows(values)
    later = mile_row(99, added[1], added[0], known_on + timedelta(days=1))
    again = mile_row(0, added[1], added[0], known_on + timedelta(days=1))
    before = rated_on(day, known_on, *rows)
    assert rated_on(day, known_on, *rows, later) == before
    assert rated_on(day, known_on, *rows, again) == before


@LAW
@given(st.lists(ROWS, max_size=5), DAYS, DAYS)
def test_rows_may_stand_in_any_order(
    values: list[tuple[date, Decimal, date]], day: date, known_on: date
) -> None:
    rows = mile_rows(values)
    one, other = rated_on(day, known_on, *rows), rated_on(day, known_on, *reversed(rows))
    assert one.charges == other.charges
    assert [each.problem for each in one.unpriced] == [each.problem for each in other.unpriced]


BOUNDS = {"L5C": Decimal(0), "M5C": Decimal(500), "1M": Decimal(1000), "2M": Decimal(2000)}


def ltl(weight: Decimal, rates: list[Decimal], method: CwtMethod) -> Money:
    row = CwtRow(
        table="t.csv",
        line=1,
        row="1",
        effective_from=NEW_YEAR,
        known_from=NEW_YEAR,
        rates=dict(zip(BOUNDS, rates, strict=True)),
    )
    term = CwtBreaks(
        charge="linehaul",
        method=method,
        interval="from inclusive",
        minimum_applies="after discount",
        breaks=BOUNDS,
        rates=(row,),
    )
    card = msgspec.structs.replace(card_with(), charges=(term,))
    unit = made.unit("S1", made.shipment("S1", weight=made.pounds(str(weight))), made.picked_up())
    rated = price(unit, (), (), card, NEW_YEAR)
    assert tie_out_faults(rated) == ()
    assert rated.total == total((charge.amount for charge in rated.charges), "USD")
    (charge,) = rated.charges
    assert Fraction(charge.unrounded) == Fraction(charge.amount.amount)
    return charge.amount


FOUR_RATES = st.lists(RATES, min_size=4, max_size=4)


@LAW
@given(WEIGHTS, FOUR_RATES)
def test_deficit_rating_is_never_dearer_than_the_actual_weight(
    weight: Decimal, rates: list[Decimal]
) -> None:
    with_deficit = ltl(weight, rates, "cwt_deficit_on_net_1")
    without = ltl(weight, rates, "cwt_no_deficit_1")
    assert with_deficit.amount <= without.amount


@LAW
@given(WEIGHTS, WEIGHTS, st.lists(RATES, min_size=4, max_size=4))
def test_with_falling_rates_and_deficit_rating_more_weight_never_costs_less(
    one: Decimal, other: Decimal, rates: list[Decimal]
) -> None:
    falling = sorted(rates, reverse=True)
    lighter, heavier = (ltl(each, falling, "cwt_deficit_on_net_1") for each in sorted((one, other)))
    assert lighter.amount <= heavier.amount


@LAW
@given(st.lists(WEIGHTS, min_size=2, max_size=5), RATES, DAYS)
def test_the_shares_of_all_shipments_are_the_price_of_the_load(
    weights: list[Decimal], rate: Decimal, known_on: date
) -> None:
    numbers = [f"S{at}" for at in range(len(weights))]
    trip = made.load("L1", numbers, "786")
    units = tuple(
        made.unit(
            number,
            made.shipment(number, load="L1", weight=made.pounds(str(weight))),
            made.picked_up(),
            trip,
        )
        for number, weight in zip(numbers, weights, strict=True)
    )
    row = mile_row(1, rate, NEW_YEAR, NEW_YEAR)
    term = PerMile(charge="linehaul", mileage="PC*MILER", allocated_by="weight", rates=(row,))
    card = msgspec.structs.replace(card_with(), charges=(term,))
    shares = [price(unit, units, (), card, known_on) for unit in units]
    assert all(tie_out_faults(share) == () for share in shares)
    whole = rounded_half_up(786 * Fraction(rate), "USD")
    assert total((share.charges[0].amount for share in shares), "USD") == whole
