"""Laws of what nobody claims: more waiting never lowers it, and a claim bills exactly it."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.files.card_files import card_from
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial
from app.pricing.entitlement.found import Found
from app.pricing.entitlement.made import Scene, made_fact
from app.pricing.entitlement.standing import standing_of
from app.pricing.lines.charge import Rated
from tests.unit.pricing import made_facts as made

LAW = settings(deadline=None, max_examples=60)
"""A busy machine may be slow; that breaks no law."""

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
MINUTES = st.integers(0, 3000)
COUNTED = st.sampled_from(["exactly", "each begun increment", "each full increment"])
CARD = """
name: Waiting on claim
customer: CASE
currency: USD
agreed in: made for laws
effective: 2026-01-01 onwards
rate date: pickup
charges:
  - {charge: detention, shape: detention, due: when claimed, clock starts: later of both,
     free minutes: 120, increment minutes: 15, counted: COUNTED, layover after hours: 12,
     rates: detention.csv}
  - {charge: layover, shape: layover, due: when claimed, clock starts: later of both,
     after hours: 12, counted: each begun 24 hours, rates: layover.csv}
"""
TABLES = {
    "detention.csv": "row,rate,minimum,cap,effective from,known from\n"
    "1,17.35,40.00,400.00,2026-01-01,2025-12-01\n",
    "layover.csv": "row,rate,effective from,known from\n1,250.00,2026-01-01,2025-12-01\n",
}


def stop(number: str, stayed: int, early: int) -> Fact:
    """A stop at which the truck came so early and stayed so long after its appointment."""
    return made.stop(
        number,
        appointment_early=NOON,
        appointment_late=NOON,
        arrived_at=NOON - timedelta(minutes=early),
        departed_at=NOON + timedelta(minutes=stayed),
    )


def standing(counted: str, *facts: Fact) -> tuple[Rated, Found]:
    unit = made.unit("S", made.picked_up(), *facts)
    files = {"card.yaml": CARD.replace("COUNTED", counted), **TABLES}
    scene = Scene(
        unit=unit,
        siblings=(unit,),
        market=(),
        card=card_from("laws", files.__getitem__),
        known_on=date(2026, 3, 31),
        contract=None,
    )
    rated, extra = standing_of(scene, LATER)
    return rated, extra.found


def money_in(found: Found) -> int:
    return sum(each.minor_units for each in found.together)


@LAW
@given(COUNTED, MINUTES, MINUTES, st.integers(0, 300))
def test_more_waiting_is_never_less(counted: str, stayed: int, longer: int, early: int) -> None:
    _, short = standing(counted, stop("2", stayed, early))
    _, long = standing(counted, stop("2", stayed + longer, early))
    assert money_in(short) <= money_in(long)


@LAW
@given(COUNTED, MINUTES, MINUTES)
def test_each_claim_bills_exactly_what_was_found_and_takes_it_from_the_list(
    counted: str, first: int, second: int
) -> None:
    stops = (stop("1", first, 0), stop("2", second, 0))
    _, found = standing(counted, *stops)
    for each in found.entitlements:
        assert isinstance(each.claim, Accessorial)
        rated, after = standing(counted, *stops, made_fact(each.claim, LATER))
        assert [charge.amount for charge in rated.charges] == [each.amount]
        left = {other.entitlement for other in found.entitlements} - {each.entitlement}
        assert {other.entitlement for other in after.entitlements} == left


@LAW
@given(COUNTED, MINUTES, MINUTES)
def test_once_everything_is_claimed_nothing_is_found_and_all_of_it_is_billed(
    counted: str, first: int, second: int
) -> None:
    stops = (stop("1", first, 0), stop("2", second, 0))
    _, found = standing(counted, *stops)
    claims = [made_fact(each.claim, LATER) for each in found.entitlements if each.claim]
    rated, after = standing(counted, *stops, *claims)
    assert after.entitlements == ()
    assert sum(charge.amount.minor_units for charge in rated.charges) == money_in(found)
