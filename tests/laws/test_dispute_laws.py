"""Laws of agreed credits: for every amount, line and tax, in whatever order it was told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Shipment
from app.money import of_minor_units, rounded_half_up, total
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.tax.engine import Rounding
from tests.laws.test_tax_laws import LAW, PERCENTS, ROUNDINGS, SINCE, taxed
from tests.unit.pricing import made_facts as made

OPENED = datetime(2026, 3, 10, 9, tzinfo=UTC)
LINES = st.lists(st.integers(0, 10**7), min_size=1, max_size=4)


def words(number: int, line: int, granted: int) -> list[Fact]:
    claim = Dispute(
        dispute=f"D-{number}",
        charge=f"line_{line}",
        shipment="S1",
        reason=DisputeReason.RATE,
        amount=of_minor_units(granted, "CAD"),
        state=DisputeState.OPENED,
    )
    credited = msgspec.structs.replace(
        claim,
        state=DisputeState.RESOLVED,
        outcome=DisputeOutcome.CREDITED,
        granted=of_minor_units(granted, "CAD"),
        resolved_by="J. Doe",
        authority="finance",
    )
    later = OPENED + timedelta(days=1)
    return [made.fact(claim, OPENED, system="erp"), made.fact(credited, later, system="billing")]


def unit(*facts: Fact) -> BillableUnit:
    origin, destination = made.place("Winnipeg MB, CA"), made.place("Toronto ON, CA")
    goes = Shipment(shipment="S1", origin=origin, destination=destination)
    return made.unit("S1", made.fact(goes), made.picked_up(), *facts)


def rated(card: RateCard, *facts: Fact) -> Rated:
    return price(unit(*facts), (), (), card, SINCE.replace(year=2027))


def grants(cents: list[int]) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Some lines, and of each a credit that the line bears."""
    bearing = [(at, each) for at, each in enumerate(cents) if each]
    of_line = [st.tuples(st.just(at), st.integers(1, each)) for at, each in bearing]
    return st.lists(st.one_of(of_line), unique_by=lambda each: each[0]) if of_line else st.just([])


@LAW
@given(st.data(), LINES, PERCENTS, ROUNDINGS)
def test_the_price_falls_by_exactly_what_was_granted_and_no_other_line_moves(
    data: st.DataObject, cents: list[int], percent: Decimal, rounding: Rounding
) -> None:
    card = taxed(cents, percent, percent, rounding)
    agreed = data.draw(grants(cents))
    facts = [fact for n, (line, granted) in enumerate(agreed) for fact in words(n, line, granted)]
    before, after = rated(card), rated(card, *facts)
    assert after.unpriced == ()
    assert tie_out_faults(after) == ()
    granted = total((of_minor_units(each, "CAD") for _, each in agreed), "CAD")
    assert after.before_tax == before.before_tax
    assert (after.agreed_credits or of_minor_units(0, "CAD")) == granted
    assert [c for c in after.charges if not c.tax and not c.of_dispute] == [
        c for c in before.charges if not c.tax
    ]
    assert not any(c.is_extra_service for c in after.charges)


@LAW
@given(st.integers(1, 10**7), st.data(), PERCENTS)
def test_the_tax_of_a_credit_is_its_percentage_rounded_once(
    cents: int, data: st.DataObject, percent: Decimal
) -> None:
    card = taxed([cents], percent, percent, "per line")
    granted = data.draw(st.integers(1, cents))
    before, after = rated(card), rated(card, *words(1, 0, granted))
    tax = rounded_half_up(Fraction(granted, 100) * Fraction(percent) / 100, "CAD")
    credit = of_minor_units(granted, "CAD")
    assert before.total is not None
    assert after.total is not None
    assert after.total + credit + tax == before.total


@LAW
@given(st.permutations([*words(1, 0, 300), *words(2, 0, 200), *words(3, 1, 50)]), ROUNDINGS)
def test_the_order_in_which_it_was_told_changes_nothing(
    order: list[Fact], rounding: Rounding
) -> None:
    card = taxed([1000, 100], Decimal(13), Decimal(5), rounding)
    told_first = [*words(1, 0, 300), *words(2, 0, 200), *words(3, 1, 50)]
    assert rated(card, *order) == rated(card, *told_first)


@LAW
@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), min_size=1, max_size=3))
def test_credits_of_a_line_never_exceed_it(cents: int, granted: list[int]) -> None:
    card = taxed([cents], Decimal(13), Decimal(5), "per line")
    facts = [fact for n, each in enumerate(granted) for fact in words(n, 0, each)]
    after = rated(card, *facts)
    if sum(granted) <= cents:
        assert not after.unpriced
    else:
        assert {each.problem for each in after.unpriced} == {"credit_exceeds_line"}
        assert after.agreed_credits is None
