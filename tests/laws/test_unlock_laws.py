"""What would release a unit, for made-up units with any mix of troubles."""

import random
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial, Cost, CostKind
from app.evidence.facts.papers import ExceptionReport
from app.evidence.facts.party import Customer
from app.explanation.unlock.search import Search, goes_out, is_free, unlocking_of
from app.money import Money
from tests.unit.explanation.made_units import (
    DELIVERED,
    LAST_WORD,
    decided,
    editions,
    milestone,
    moved,
    order,
    pod,
    shipment,
    told,
)
from tests.unit.pricing.made_facts import pounds


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


BILL = Cost(
    kind=CostKind.INVOICED,
    carrier="ABFL",
    number="INV-1",
    total=usd("160.00"),
    weight=pounds("2610"),
)
TENDER = Cost(kind=CostKind.TENDERED, carrier="ABFL", number="T-1", total=usd("120.00"))
TROUBLES: dict[str, list[Fact]] = {
    "held by hand": [
        told(ExceptionReport(exception="EX-1", exception_type="manual_hold"), system="ops")
    ],
    "damaged": [told(ExceptionReport(exception="EX-2", exception_type="damage"), system="ops")],
    "on credit hold": [told(Customer(customer="NORTHWIND", credit_status="hold"), system="erp")],
    "billed heavier and dearer": [
        told(TENDER),
        told(BILL, LAST_WORD - timedelta(hours=1), "carrier"),
    ],
    "liftgate": [
        told(
            Accessorial(accessorial="AC-1", charge="liftgate", evidence=("R-1",)), system="carrier"
        )
    ],
    "redelivery nobody agreed on": [
        told(Accessorial(accessorial="AC-2", charge="storage"), system="carrier")
    ],
    "refused": [milestone("refused", DELIVERED + timedelta(hours=1))],
    "a second, unsigned paper": [pod(document="POD-2", signed=False)],
}
"""What is told beside the ordinary."""
SOUND: dict[str, Fact] = {
    "paper": pod(),
    "order": order(),
    "pickup": moved()[0],
    "delivery": moved()[1],
}
"""What may be missing."""


@settings(max_examples=30, deadline=None)
@given(
    st.sets(st.sampled_from(sorted(TROUBLES)), max_size=3),
    st.sets(st.sampled_from(sorted(SOUND)), max_size=3),
    st.integers(0, 2**16),
)
def test_every_set_releases_needs_each_step_and_does_not_hang_on_the_order_of_facts(
    troubles: set[str], missing: set[str], seed: int
) -> None:
    facts = [
        shipment(),
        *(fact for name, fact in SOUND.items() if name not in missing),
        *(fact for name in sorted(troubles) for fact in TROUBLES[name]),
    ]
    in_force = editions("NORTHWIND")
    dossier, _, decision = case = decided(facts, in_force)
    search = Search(dossier, in_force, decision)
    final = () if is_free(decision) else search.sets()
    for goal, chains in ((is_free, final), (goes_out, search.provisional_sets(final))):
        for chain in chains:
            whole = search.with_steps(chain)
            assert whole is not None
            assert goal(whole.decision)
            for each in chain:
                rest = search.with_steps(tuple(other for other in chain if other is not each))
                assert rest is not None
                assert not goal(rest.decision)
    random.Random(seed).shuffle(facts)
    again = unlocking_of(*decided(facts, in_force))
    known = unlocking_of(*case)
    assert (again.sets, again.provisional, again.needs) == (
        known.sets,
        known.provisional,
        known.needs,
    )
