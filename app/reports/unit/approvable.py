"""What of a unit a person may approve, reject or waive, under the name an approval gives it.

The names are those that rating, cost and rules look for: see `rules/README.md`. A dispute's credit
is not among them: whoever may approve one speaks as finance and not as the console.
"""

from collections.abc import Iterator

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.money import Accessorial, Cost, CostKind
from app.judgement.decision import Decision
from app.judgement.rulebook.view_family import ADJUSTMENT
from app.money import Money
from app.pricing.contract.approval import LATE_BILLING
from app.pricing.cost.accepted import ACCRUED, VARIANCE

RIGHT_EXPIRED = "BILLING_RIGHT_EXPIRED"


class Approvable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that can be approved."""

    subject: str
    says: str
    """What it is, in words."""
    amount: Money | None = None
    """What it comes to; None where that has no price yet, or is no one amount."""


def approvable(unit: BillableUnit, decision: Decision) -> tuple[Approvable, ...]:
    """Everything of the unit that an approval may name, each once, lines first."""
    found: dict[str, Approvable] = {}
    for each in (*_lines(decision), *_claims(unit), *_costs(unit), *_changes(decision)):
        found.setdefault(each.subject, each)
    return tuple(found.values())


def _lines(decision: Decision) -> Iterator[Approvable]:
    """Extra services that are priced, by what they are about."""
    extra = [line.charge for line in decision.lines if line.charge.is_extra_service]
    for charge in extra:
        says = f"{charge.code} {charge.subject}"
        yield Approvable(subject=charge.subject, says=says, amount=charge.amount)
    for charge in extra:
        alone = sum(1 for each in extra if each.code == charge.code) == 1
        amount = charge.amount if alone else None
        yield Approvable(subject=charge.code, says=f"every {charge.code}", amount=amount)


def _claims(unit: BillableUnit) -> Iterator[Approvable]:
    """What somebody claims and nothing prices or bills yet."""
    for fact in unit.accessorials:
        if isinstance(fact.said, Accessorial):
            said = fact.said
            yield Approvable(subject=said.accessorial, says=f"{said.charge} {said.accessorial}")
            yield Approvable(subject=said.charge, says=f"every {said.charge}")


def _costs(unit: BillableUnit) -> Iterator[Approvable]:
    """What carriers ask of us, and how far it may be from what was expected."""
    costs = [fact.said for fact in unit.costs if isinstance(fact.said, Cost)]
    for said in costs:
        if said.kind is not CostKind.TENDERED and said.number:
            says = f"{said.kind.value} cost {said.number} of {said.carrier}"
            yield Approvable(subject=said.number, says=says, amount=said.total)
    if costs:
        yield Approvable(subject=VARIANCE, says="that the carrier's invoice differs")
        yield Approvable(subject=ACCRUED, says="that the accrual stands for the invoice")


def _changes(decision: Decision) -> Iterator[Approvable]:
    """A change of what was billed, and billing after the right to it has run out."""
    if decision.billed_before is not None:
        yield Approvable(subject=ADJUSTMENT, says="the change of what was billed")
    late = [hold for hold in decision.holds if hold.code == RIGHT_EXPIRED]
    for hold in late:
        key = hold.subject.removeprefix("charge:")
        says = f"that {key} is billed late"
        yield Approvable(subject=f"{LATE_BILLING} of {key}", says=says, amount=hold.value)
    if late:
        yield Approvable(subject=LATE_BILLING, says="that all of it is billed late")
