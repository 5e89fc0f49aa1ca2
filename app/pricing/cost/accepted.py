"""What people said about what a carrier asks: a bill accepted or rejected, a variance let through.

An approval names the invoice by its number as the carrier spells it, or the variance of the
whole unit as `cost variance`; an accrual that is to stand for its invoice by its own number or
as `accrued cost`. Only systems that `rules/authority.yaml` names may approve, and never the
customer: what we owe a carrier is no affair of his. The last word counts, up to its limit.
"""

from collections.abc import Iterable
from datetime import UTC

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.money import Approval, Cost
from app.measures import Instant
from app.money import Money
from app.pricing.cost.trail import carrier_of

VARIANCE = "cost variance"
ACCRUED = "accrued cost"
CUSTOMERS = frozenset({"customer", "portal"})
"""Systems and capacities by which a customer speaks."""


class Word(msgspec.Struct, frozen=True):
    """Somebody's last word on a bill, an accrual or a variance."""

    granted: bool
    fact_id: str


class Words(msgspec.Struct, frozen=True):
    """All that was said about the costs of a unit, or of the units that share them."""

    approvals: tuple[Fact, ...]
    at: Instant | None = None
    """The moment against which approvals expire; None where what was decided stays decided."""

    def on(self, subjects: Iterable[str], amount: Money) -> Word | None:
        """The last word on any of these names, where it covers the amount and still holds."""
        wanted = {plain_name(subject) for subject in subjects}
        about = [
            (fact, fact.said)
            for fact in self.approvals
            if isinstance(fact.said, Approval) and plain_name(fact.said.subject) in wanted
        ]
        if not about:
            return None
        fact, said = max(about, key=lambda each: _moment(each[0]))
        if said.granted and not (self._lasts(said) and _covers(said.up_to, amount)):
            return None
        return Word(said.granted, fact.fact_id)

    def _lasts(self, said: Approval) -> bool:
        return self.at is None or said.expires_at is None or self.at < said.expires_at


def words_in(units: Iterable[BillableUnit], at: Instant | None = None) -> Words:
    """What was said about costs in these units, each approval once."""
    found = {
        fact.fact_id: fact for unit in units for fact in unit.approvals if _may_approve(fact, unit)
    }
    return Words(tuple(fact for _, fact in sorted(found.items())), at)


def plain_name(subject: str) -> str:
    """A name as it is compared: however it is spelt, `cost_variance` is `Cost Variance`."""
    return " ".join(subject.replace("_", " ").upper().split())


def names_of(said: Cost) -> tuple[str, str]:
    """By what a word may call what a carrier asks: its number, or that after the carrier's."""
    return said.number, f"{carrier_of(said)} {said.number}"


def _may_approve(fact: Fact, unit: BillableUnit) -> bool:
    said = fact.said
    assert isinstance(said, Approval), "approvals are chosen by type"
    by_customer = {fact.source.system, said.authority.strip().lower()} & CUSTOMERS
    return (
        fact.fact_id in unit.owned_acts and fact.classifier is Classifier.ACTUAL and not by_customer
    )


def _moment(fact: Fact) -> tuple[str, int, str]:
    return fact.occurred_at.astimezone(UTC).isoformat(), fact.revision, fact.fact_id


def _covers(limit: Money | None, amount: Money) -> bool:
    """Whether the approval reaches so far, above or below what was expected."""
    if limit is None:
        return True
    return limit.currency == amount.currency and abs(amount.amount) <= limit.amount
