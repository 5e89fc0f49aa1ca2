"""Carriers' invoices of a unit: what each is, which of them stand, and what repeats what.

A carrier says by X12 element 202 (B3-08) what a further bill is; where it says nothing, the
charges tell: extra services alone, beside a bill of the freight, are a supplemental bill.

balance due, adjustment, supplemental   add to what was billed before
correction                              takes the place of every earlier bill of its number
rebill                                  the same, as X12 says: ignore the previous
cancelled                               takes back every earlier bill of its number
past due                                reminds of a bill and bills nothing

A bill of the same number, however it is spelt, that asks for the same is dropped without a
person. Any other sign of a repetition, and a bill of which nobody can say what it replaces,
waits until somebody accepts or rejects it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from enum import StrEnum
from typing import Any

import msgspec

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.money import Money
from app.pricing.cost.accepted import Words, names_of, words_in
from app.pricing.cost.trail import (
    FREIGHT,
    Trail,
    extra_services_of,
    says_the_same,
    tier_of,
    trail_of,
)


class BillClass(StrEnum):
    """What a bill is; in the order in which bills of one moment are read."""

    ORIGINAL = "original"
    BALANCE_DUE = "balance_due"
    SUPPLEMENTAL = "supplemental"
    ADJUSTMENT = "adjustment"
    PAST_DUE = "past_due"
    CORRECTION = "correction"
    CANCELLED = "cancelled"
    REBILL = "rebill"
    UNMAPPED = "unmapped"


_ORDER = {each: place for place, each in enumerate(BillClass)}
ADDING = frozenset({BillClass.BALANCE_DUE, BillClass.SUPPLEMENTAL, BillClass.ADJUSTMENT})
"""What only comes on top of another bill."""
REPLACING = frozenset({BillClass.CORRECTION, BillClass.REBILL})


class Standing(StrEnum):
    """What became of a bill."""

    COUNTS = "counts"
    SUSPECTED = "suspected"
    """It counts, and may repeat another."""
    UNCLEAR = "unclear"
    """It counts, and nobody can say whether it takes another's place."""
    DUPLICATE = "duplicate"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    REJECTED = "rejected"


COUNTING = frozenset({Standing.COUNTS, Standing.SUSPECTED, Standing.UNCLEAR})


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice of a carrier and its place among the others."""

    fact: Fact
    trail: Trail
    bill_class: BillClass
    standing: Standing = Standing.COUNTS
    tier: str = ""
    """K1 to K4, where it looks like another bill."""
    of: str = ""
    """The fact of the bill that it looks like, or that took its place."""
    why: str = ""
    undecided: bool = False
    """Whether a person has to say what it is."""
    word: str = ""
    """The approval by which a person accepted or rejected it."""

    @property
    def said(self) -> Cost:
        """What the carrier says."""
        assert isinstance(self.fact.said, Cost), "costs are chosen by type"
        return self.fact.said

    @property
    def total(self) -> Money:
        """What it asks for."""
        return self.said.total

    @property
    def counts(self) -> bool:
        """Whether it is a part of what the carrier asks for in all."""
        return self.standing in COUNTING


Bills = tuple[Bill, ...]


def bills_of(*units: BillableUnit, words: Words | None = None) -> Bills:
    """Every carrier's invoices of these units, each once, in the order in which they were billed.

    Args:
        units: one unit, or all units that share a load's costs.
        words: what people said; left out, what they said whenever it expires.
    """
    said = words_in(units) if words is None else words
    told = {
        fact.fact_id: (fact, _delivered_on(unit))
        for unit in units
        for fact in unit.costs
        if isinstance(fact.said, Cost) and fact.said.kind is CostKind.INVOICED
    }
    done: Bills = ()
    for fact, delivered_on in sorted(told.values(), key=lambda each: _moment(each[0])):
        bill = Bill(fact=fact, trail=trail_of(fact, delivered_on), bill_class=_class_of(fact))
        done = _with(done, bill, said)
    return tuple(_inferred(bill, done) for bill in done)


def _delivered_on(unit: BillableUnit) -> date | None:
    delivered = Journey(unit).delivered
    return delivered[0].occurred_at.date() if delivered else None


def _class_of(fact: Fact) -> BillClass:
    said = fact.said
    assert isinstance(said, Cost), "costs are chosen by type"
    known = {each.value for each in BillClass}
    return BillClass(said.bill_type) if said.bill_type in known else BillClass.UNMAPPED


def _moment(fact: Fact) -> tuple[str, int, int, str]:
    """By the day it was billed; at one moment what replaces comes after what it replaces."""
    moment = fact.occurred_at.astimezone(UTC).isoformat()
    return moment, _ORDER[_class_of(fact)], fact.revision, fact.fact_id


def _with(before: Bills, bill: Bill, words: Words) -> Bills:
    """The bills with one more, and with what it changes of those before it."""
    word = words.on(names_of(bill.said), bill.total)
    if word is not None:
        bill = _but(bill, word=word.fact_id)
    if word is not None and not word.granted:
        return (*before, _but(bill, standing=Standing.REJECTED, why="somebody rejected it"))
    if bill.bill_class is BillClass.CANCELLED:
        return _cancelling(before, bill)
    found = _repeated(before, bill)
    if found is not None:
        return (*before, found)
    if bill.bill_class in REPLACING:
        return _replacing(before, bill)
    if bill.bill_class is BillClass.PAST_DUE:
        return (*before, _reminding(before, bill))
    if bill.bill_class is BillClass.UNMAPPED:
        return (*before, _unclear(bill, f"nobody knows what a bill of {bill.said.bill_type!r} is"))
    return (*before, bill)


def _but(bill: Bill, **changes: Any) -> Bill:
    return msgspec.structs.replace(bill, **changes)


def _unclear(bill: Bill, why: str) -> Bill:
    """What nobody can place counts and waits, unless somebody accepted it."""
    if bill.word:
        return _but(bill, why=f"{why}; somebody accepted it")
    return _but(bill, standing=Standing.UNCLEAR, why=why, undecided=True)


def _repeated(before: Bills, bill: Bill) -> Bill | None:
    """The bill marked as the repetition of the strongest tier; None where it repeats nothing."""
    hits = [
        (tier, other)
        for other in before
        if other.standing not in {Standing.CANCELLED, Standing.REJECTED, Standing.DUPLICATE}
        and (tier := tier_of(bill.trail, other.trail))
    ]
    if bill.bill_class in REPLACING:
        # A second correction that says something else corrects again, and repeats nothing.
        hits = [(t, other) for t, other in hits if says_the_same(bill.trail, other.trail)]
    if not hits:
        return None
    tier, other = min(hits, key=lambda hit: (hit[0], not says_the_same(bill.trail, hit[1].trail)))
    like = f"{other.said.number} of {other.total}"
    same = says_the_same(bill.trail, other.trail)
    marked = _but(bill, tier=tier, of=other.fact.fact_id)
    if bill.word:
        return _but(marked, why=f"{_TIERS[tier]} {like}; somebody accepted it as a bill of its own")
    if tier == "K1" and same:
        return _but(marked, standing=Standing.DUPLICATE, why=f"{_TIERS[tier]} {like}, sent again")
    if tier == "K2":
        return _but(
            marked, standing=Standing.DUPLICATE, why=f"{_TIERS[tier]} {like}", undecided=True
        )
    why = f"{_TIERS[tier]} {like}" + (", and asks for something else" if tier == "K1" else "")
    return _but(marked, standing=Standing.SUSPECTED, why=why, undecided=True)


_TIERS = {
    "K1": "the same number as",
    "K2": "the same PRO and amount as",
    "K3": "the same freight and charges as",
    "K4": "the same service on the same days as",
}


def _cancelling(before: Bills, bill: Bill) -> Bills:
    taken = tuple(
        _but(
            each,
            standing=Standing.CANCELLED,
            of=bill.fact.fact_id,
            why="the carrier cancelled it",
            undecided=False,
        )
        if _of_number(each, bill)
        else each
        for each in before
    )
    return (*taken, _but(bill, standing=Standing.CANCELLED, why="it takes back its number"))


def _of_number(one: Bill, other: Bill) -> bool:
    return (one.trail.carrier, one.trail.number) == (other.trail.carrier, other.trail.number)


def _replacing(before: Bills, bill: Bill) -> Bills:
    """A correction or rebill in the place of its number, or of the only other number there is."""
    mine = [each for each in before if each.trail.carrier == bill.trail.carrier and each.counts]
    numbers = {each.trail.number for each in mine}
    replaced = {bill.trail.number} & numbers or numbers
    if len(replaced) > 1:
        why = f"it may take the place of {' or '.join(sorted(replaced))}, and says of none"
        return (*before, _unclear(bill, why))
    gone = {each.fact.fact_id for each in mine if each.trail.number in replaced}
    why = f"{bill.said.number}, a {bill.bill_class}, took its place"
    return (
        *(
            _but(
                each,
                standing=Standing.REPLACED,
                of=bill.fact.fact_id,
                why=why,
                undecided=False,
            )
            if each.fact.fact_id in gone
            else each
            for each in before
        ),
        bill,
    )


def _reminding(before: Bills, bill: Bill) -> Bill:
    """A reminder of a bill that is here; where none of its number is, it is all there is of it."""
    mine = [each for each in before if each.trail.carrier == bill.trail.carrier]
    of = next((each for each in mine if _of_number(each, bill)), None)
    if of is not None:
        why = f"reminds of {of.said.number}"
        return _but(bill, standing=Standing.REMINDER, of=of.fact.fact_id, why=why)
    if any(each.counts for each in mine):
        return _unclear(bill, "reminds of a bill that is not here")
    return bill


def _inferred(bill: Bill, every: Sequence[Bill]) -> Bill:
    """A bill of extra services alone, beside one of the freight that has none of them."""
    services = extra_services_of(bill.trail.charge_set)
    of_freight = [
        other.trail.charge_set
        for other in every
        if other.counts
        and other.trail.carrier == bill.trail.carrier
        and other.trail.charge_set & FREIGHT
    ]
    alone = bool(services) and services == bill.trail.charge_set
    if (
        bill.bill_class is not BillClass.ORIGINAL
        or bill.standing is not Standing.COUNTS
        or not (alone and of_freight)
        or any(services & charges for charges in of_freight)
    ):
        return bill
    why = f"bills only {' and '.join(sorted(services))}, which no bill of the freight has"
    return _but(bill, bill_class=BillClass.SUPPLEMENTAL, why=bill.why or why)


def counting(bills: Iterable[Bill]) -> dict[str, Bills]:
    """By carrier, the bills that together are what it asks for."""
    found: dict[str, Bills] = {}
    for bill in bills:
        if bill.counts:
            found[bill.trail.carrier] = (*found.get(bill.trail.carrier, ()), bill)
    return found
