"""How much of an estimate goes out: exact in all and by line, and never more than permitted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.family.document import DocumentKind, DocumentLine, FamilyDocument, planned
from app.family.estimate import Lines, billed_ahead, estimated
from app.family.family import Family
from app.family.plan import plan_of
from app.judgement.rulebook.model import ProvisionalTerms
from app.money import Money, of_minor_units, total

TERMS = ProvisionalTerms(
    waives=("POD_MISSING",),
    up_to=of_minor_units(1_000_000, "USD"),
    exposure_up_to=of_minor_units(1_000_000, "USD"),
    expires_after_days=14,
    on_expiry="escalate",
)
H1 = (("linehaul", 1_850_00), ("fuel_surcharge", 462_50))
"""Delivered, POD missing: linehaul 1,850.00 and a fuel surcharge of 25%."""


def dollars(cents: int, currency: str = "USD") -> Money:
    return of_minor_units(cents, currency)


def lines_of(*cents: tuple[str, int]) -> Lines:
    return tuple((key, dollars(each)) for key, each in cents)


def rule(bills: str = "full estimate", percent: str = "", most: int | None = None) -> Any:
    ceiling = None if most is None else dollars(most)
    return msgspec.structs.replace(TERMS, bills=bills, percent=percent, not_to_exceed=ceiling)


def billed(found: Lines | str) -> Lines:
    assert not isinstance(found, str), found
    return found


def in_all(lines: Sequence[tuple[str, Money]]) -> int:
    return total((amount for _, amount in lines), "USD").minor_units


CASES: dict[str, tuple[Any, int | None, tuple[int, int]]] = {
    "H1, the full estimate": (rule(), None, (1_850_00, 462_50)),
    "H2, nine tenths of 2,312.50": (rule("percent of estimate", "90"), None, (1_665_00, 416_25)),
    "a third, rounded once": (rule("percent of estimate", "33.3333"), None, (616_66, 154_17)),
    "no more than 1,200.00": (rule(most=1_200_00), None, (960_00, 240_00)),
    "90% below the ceiling": (rule("percent of estimate", "90", 2_100_00), None, (1665_00, 416_25)),
    "90% at the ceiling": (rule("percent of estimate", "90", 2_081_24), None, (1664_99, 416_25)),
    "cost plus 12%": (rule("cost plus", "12"), 1_500_00, (1_344_00, 336_00)),
    "cost plus beyond the estimate": (rule("cost plus", "80"), 1_500_00, (1_850_00, 462_50)),
    "at the last known prices": (rule("last known"), None, (1_850_00, 462_50)),
}


@pytest.mark.parametrize(("how", "cost", "wanted"), CASES.values(), ids=CASES)
def test_a_policy_bills(how: Any, cost: int | None, wanted: tuple[int, int]) -> None:
    found = billed(estimated(lines_of(*H1), [how], None if cost is None else dollars(cost)))
    assert tuple(amount.minor_units for _, amount in found) == wanted


def test_the_true_up_after_nine_tenths_is_what_is_left_of_the_final_invoice() -> None:
    # H2: 2,081.25 went out; with the detention and a restated fuel surcharge it is 2,444.00.
    estimate = tuple(document_line(key, cents) for key, cents in H1)
    ahead = billed_ahead(estimate, [rule("percent of estimate", "90")], None)
    assert not isinstance(ahead, str)
    went_out = planned(DocumentKind.PROVISIONAL, ahead, "USD")
    family = Family(
        documents=(
            FamilyDocument(
                reference="R-1",
                kind=went_out.kind,
                lines=went_out.lines,
                total=went_out.total,
                claimed_at=datetime(2026, 3, 6, tzinfo=UTC),
                decision_id="D-1",
            ),
        )
    )
    final = [("linehaul", 1_850_00), ("fuel_surcharge", 444_00), ("detention", 150_00)]
    (true_up,) = plan_of(family, [document_line(key, cents) for key, cents in final])
    assert (went_out.total, true_up.total) == (dollars(2_081_25), dollars(362_75))


def document_line(key: str, cents: int) -> DocumentLine:
    amount = dollars(cents)
    return DocumentLine(
        key=key,
        code=key,
        description=key,
        quantity=Decimal(1),
        unit="each",
        rate=amount.amount,
        amount=amount,
    )


REFUSED: list[tuple[Any, Money | None, bool, str]] = [
    (rule("cost plus", "12"), None, False, "what the move costs is not known"),
    (rule("cost plus", "12"), dollars(100, "CAD"), False, "costs 1.00 CAD, and the estimate is in"),
    (rule("cost plus", "12"), dollars(0), False, "there is no cost plus of that"),
    (rule("percent of estimate", "90"), None, True, "a part of a taxed estimate has no exact tax"),
    (rule(most=2_312_49), None, True, "2,312.49 USD of 2,312.50 USD would be billed"),
    (rule("cost plus", "12"), dollars(1_00), True, "a part of a taxed estimate"),
    (rule("as we like"), None, False, "nobody knows how to bill 'as we like'"),
]


@pytest.mark.parametrize(
    ("how", "cost", "taxed", "why"), REFUSED, ids=[each[3] for each in REFUSED]
)
def test_an_amount_that_cannot_be_found_is_refused(
    how: Any, cost: Money | None, *, taxed: bool, why: str
) -> None:
    found = estimated(lines_of(*H1), [how], cost, taxed=taxed)
    assert isinstance(found, str)
    assert why in found


def test_a_taxed_estimate_goes_out_whole() -> None:
    whole = lines_of(*H1)
    for how in (rule(), rule("last known"), rule(most=2_312_50)):
        assert estimated(whole, [how], None, taxed=True) == whole


def test_an_estimate_has_one_currency_that_the_ceiling_shares() -> None:
    mixed = (*lines_of(*H1), ("toll", dollars(5_00, "CAD")))
    assert estimated(mixed, [rule()], None) == "the estimate is in CAD and USD"
    assert estimated((), [rule()], None) == "the estimate is in no currency"
    abroad = (("linehaul", dollars(5_00, "CAD")),)
    assert "no more than 1.00 USD" in str(estimated(abroad, [rule(most=1_00)], None))


def test_of_several_policies_the_least_is_billed_and_one_that_cannot_bill_stops_all() -> None:
    whole, part = rule(), rule("percent of estimate", "90")
    assert in_all(billed(estimated(lines_of(*H1), [whole, part], None))) == 2_081_25
    assert in_all(billed(estimated(lines_of(*H1), [part, whole], None))) == 2_081_25
    assert isinstance(estimated(lines_of(*H1), [part, rule("cost plus", "5")], None), str)


def test_a_discount_is_scaled_with_what_it_is_taken_from() -> None:
    mixed = lines_of(("linehaul", 100_00), ("discount", -10_00))
    half = rule("percent of estimate", "50")
    assert estimated(mixed, [half], None) == lines_of(("linehaul", 50_00), ("discount", -5_00))


def test_lines_that_cancel_out_are_billed_as_they_are() -> None:
    mixed = lines_of(("linehaul", 10_00), ("discount", -10_00))
    assert estimated(mixed, [rule("percent of estimate", "50")], None) == mixed


CENTS = st.integers(-5_000_00, 5_000_00)
ESTIMATES = st.lists(CENTS, min_size=1, max_size=8).map(
    lambda cents: lines_of(*((f"line {place}", each) for place, each in enumerate(cents)))
)
PERCENTS = st.decimals("0.01", "99.99", places=2).map(str)
PARTS = st.one_of(
    st.builds(rule),
    st.builds(rule, st.just("percent of estimate"), PERCENTS),
    st.builds(rule, st.just("percent of estimate"), PERCENTS, st.integers(1, 9_000_00)),
    st.builds(rule, st.just("last known"), st.just(""), st.integers(1, 9_000_00)),
)
COST_PLUS = st.builds(rule, st.just("cost plus"), st.decimals(0, 60, places=1).map(str))
COSTS = st.integers(1, 9_000_00).map(dollars)


@given(ESTIMATES, PARTS)
def test_the_lines_come_to_the_amount_of_the_rule_to_the_cent(lines: Lines, how: Any) -> None:
    whole = in_all(lines)
    wanted = abs(whole)
    if how.bills == "percent of estimate":
        share = Fraction(how.percent) / 100
        wanted = int(wanted * share + Fraction(1, 2))
    if how.not_to_exceed is not None:
        wanted = min(wanted, how.not_to_exceed.minor_units)
    found = in_all(billed(estimated(lines, [how], None)))
    assert abs(found) == wanted
    assert found * whole >= 0


@given(ESTIMATES, st.one_of(PARTS, COST_PLUS), COSTS)
def test_no_line_comes_to_more_than_is_estimated_for_it(
    lines: Lines, how: Any, cost: Money
) -> None:
    found = estimated(lines, [how], cost)
    if isinstance(found, str):
        assert in_all(lines) <= 0, found  # there is no cost plus of a credit
        return
    assert [key for key, _ in found] == [key for key, _ in lines]
    for (_, part), (_, whole) in zip(found, lines, strict=True):
        assert abs(part.amount) <= abs(whole.amount)
        assert part.amount * whole.amount >= 0


@given(ESTIMATES, PARTS)
def test_a_credit_is_the_exact_negative(lines: Lines, how: Any) -> None:
    credit = tuple((key, -amount) for key, amount in lines)
    mirrored = tuple((key, -amount) for key, amount in billed(estimated(lines, [how], None)))
    assert estimated(credit, [how], None) == mirrored


@given(ESTIMATES, st.one_of(PARTS, COST_PLUS), COSTS, st.randoms(use_true_random=False))
def test_no_order_of_lines_matters(lines: Lines, how: Any, cost: Money, by: Any) -> None:
    other = list(lines)
    by.shuffle(other)
    assert _sorted(estimated(other, [how], cost)) == _sorted(estimated(lines, [how], cost))


def _sorted(found: Lines | str) -> object:
    return found if isinstance(found, str) else sorted(found, key=lambda line: line[0])
