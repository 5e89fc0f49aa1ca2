"""Laws of tax, of shares by every basis, and of exchange, for every amount."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.freight import StopType
from app.money import Money, of_minor_units, total
from app.pricing.agreed.term import Shared
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.shapes.flat import Flat, FlatRow
from app.pricing.shapes.tax import Tax, TaxRow
from app.pricing.tax.engine import Rounding
from app.pricing.told.exchange import Exchange
from tests.unit.pricing import made_facts as made

LAW = settings(deadline=None)
SINCE = date(2024, 1, 1)
PERCENTS = st.decimals("0", "30", places=3)
CENTS = st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=4)
ROUNDINGS: st.SearchStrategy[Rounding] = st.sampled_from(["per line", "per invoice"])
BASES: st.SearchStrategy[Shared] = st.sampled_from([each for each in get_args(Shared) if each])
SIZES = st.decimals("0.1", "9999", places=1)


def row(number: int, **values: object) -> dict[str, object]:
    known = {"effective_from": SINCE, "known_from": SINCE}
    return {"table": "t.csv", "line": number, "row": str(number), **known, **values}


def flat(code: str, amount: Money, currency: str = "", by: Shared = "") -> Flat:
    rates = (msgspec.convert(row(1, amount=amount.amount), FlatRow),)
    return Flat(charge=code, credit=True, currency=currency, allocated_by=by, rates=rates)


def card_of(*charges: Flat | Tax, exchange: Exchange | None = None) -> RateCard:
    return RateCard(
        name="Law",
        customer="LAW",
        currency="CAD",
        agreed_in="a law",
        effective_from=SINCE,
        rate_date="pickup",
        exchange=exchange,
        charges=charges,
    )


def taxed(cents: list[int], ontario: Decimal, alberta: Decimal, rounding: Rounding) -> RateCard:
    lines = [flat(f"line_{at}", of_minor_units(each, "CAD")) for at, each in enumerate(cents)]
    rates = [
        row(1, country="CA", region="ON", tax="HST", percent=ontario),
        row(2, country="CA", region="AB", tax="GST", percent=alberta),
        row(3, country="CA", region="AB", tax="PST", percent=ontario),
    ]
    tax = Tax(
        charge="tax",
        of=tuple(line.charge for line in lines),
        determined_by="table",
        tax_date="pickup",
        place_of_supply="destination",
        rounding=rounding,
        split_by="weight",
        rates=tuple(msgspec.convert(each, TaxRow) for each in rates),
    )
    return card_of(*lines, tax)


def two_provinces(one: Decimal, other: Decimal) -> BillableUnit:
    home = made.place("Winnipeg MB, CA")
    stops = [
        made.stop(
            number,
            shipment="S1",
            stop_type=StopType.DELIVERY,
            place=made.place(place),
            weight=made.pounds(str(weight)),
        )
        for number, place, weight in (("2", "Kenora ON, CA", one), ("3", "Calgary AB, CA", other))
    ]
    return made.unit("S1", made.shipment("S1", origin=home), made.picked_up(), *stops)


def rated(card: RateCard, unit: BillableUnit, siblings: tuple[BillableUnit, ...] = ()) -> Rated:
    found = price(unit, siblings, (), card, date(2026, 3, 31))
    assert found.unpriced == ()
    assert tie_out_faults(found) == ()
    return found


@LAW
@given(CENTS, PERCENTS, PERCENTS, ROUNDINGS, SIZES, SIZES)
def test_the_tax_of_a_credit_is_the_exact_negative_of_the_stored_tax(
    cents: list[int],
    ontario: Decimal,
    alberta: Decimal,
    rounding: Rounding,
    one: Decimal,
    other: Decimal,
) -> None:
    unit = two_provinces(one, other)
    billed = rated(taxed(cents, ontario, alberta, rounding), unit)
    back = rated(taxed([-each for each in cents], ontario, alberta, rounding), unit)
    assert [-charge.amount for charge in billed.charges] == [each.amount for each in back.charges]


@LAW
@given(CENTS, PERCENTS, PERCENTS, ROUNDINGS, SIZES, SIZES)
def test_what_is_taxed_in_all_jurisdictions_is_what_is_billed(
    cents: list[int],
    ontario: Decimal,
    alberta: Decimal,
    rounding: Rounding,
    one: Decimal,
    other: Decimal,
) -> None:
    found = rated(taxed(cents, ontario, alberta, rounding), two_provinces(one, other))
    of = {"HST": 0, "GST": 0, "PST": 0}
    for charge in found.charges:
        if charge.tax:
            of[charge.tax.tax] += charge.tax.taxable.minor_units
    assert of["GST"] == of["PST"]
    assert of["HST"] + of["GST"] == sum(cents)
    assert found.before_tax == of_minor_units(sum(cents), "CAD")


@LAW
@given(CENTS, PERCENTS, SIZES)
def test_rounding_by_line_and_by_invoice_differ_by_half_a_cent_a_line_and_tax(
    cents: list[int], percent: Decimal, size: Decimal
) -> None:
    unit = two_provinces(size, size)
    by_line, by_invoice = (
        rated(taxed(cents, percent, percent, rounding), unit)
        for rounding in ("per line", "per invoice")
    )
    assert by_line.total is not None
    assert by_invoice.total is not None
    apart = abs(by_line.total.minor_units - by_invoice.total.minor_units)
    assert apart <= Fraction(3 * len(cents) + 3, 2)


def on_load(numbers: list[str], sizes: list[Decimal]) -> tuple[BillableUnit, ...]:
    return tuple(
        made.unit(
            number,
            made.shipment(
                number,
                load="L1",
                weight=made.pounds(str(size)),
                volume=size,
                pallets=size,
                spaces=size,
                linear_feet=size,
                distance=made.distance_of(str(2 * size)),
            ),
            made.picked_up(),
        )
        for number, size in zip(numbers, sizes, strict=True)
    )


@LAW
@given(st.integers(-(10**7), 10**7), BASES, st.lists(SIZES, min_size=2, max_size=5))
def test_shares_by_every_basis_add_up_mirror_credits_and_know_no_order(
    cents: int, by: Shared, sizes: list[Decimal]
) -> None:
    amount = of_minor_units(cents, "CAD")
    units = on_load([f"S{at}" for at in range(len(sizes))], sizes)
    card, credit = (card_of(flat("linehaul", each, by=by)) for each in (amount, -amount))
    shares = [rated(card, unit, units).charges[0].amount for unit in units]
    assert total(shares, "CAD") == amount
    assert [rated(card, unit, units[::-1]).charges[0].amount for unit in units] == shares
    assert [-rated(credit, unit, units).charges[0].amount for unit in units] == shares
    power = 2 if "distance" in by else 1
    whole = sum(Fraction(size) ** power for size in sizes)
    for share, size in zip(shares, sizes, strict=True):
        assert abs(share.minor_units - cents * Fraction(size) ** power / whole) < 1


@LAW
@given(st.integers(-(10**9), 10**9), st.decimals("0.0001", "200", places=4))
def test_a_converted_line_is_within_half_a_cent_of_the_exact_product(
    cents: int, rate: Decimal
) -> None:
    exchange = Exchange(rate_type="noon", dated_by="pickup", convert="each line")
    card = card_of(flat("linehaul", of_minor_units(cents, "USD"), "USD"), exchange=exchange)
    unit = made.unit("S1", made.shipment("S1"), made.picked_up())
    market = (made.exchange("USD to CAD", made.SHIPPED_ON, str(rate), "noon"),)
    (charge,) = price(unit, (), market, card, SINCE.replace(year=2026)).charges
    assert abs(charge.amount.minor_units - cents * Fraction(rate)) <= Fraction(1, 2)
    assert Fraction(charge.unrounded) == Fraction(cents, 100) * Fraction(rate)
