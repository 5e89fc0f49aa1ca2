"""What of a unit a person may approve, reject or waive, under the name an approval gives it.

The names are those that rating, cost and rules look for: see `rules/README.md`. A dispute's credit
is not among them, nor what is called like one: whoever may approve one speaks as finance and not
as the console.
"""

from collections.abc import Collection, Iterator

import msgspec

from app.access import May
from app.evidence.correlation.acts import is_of_credit
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.money import Accessorial, Cost, CostKind
from app.judgement.decision import Decision
from app.judgement.rulebook.view_family import ADJUSTMENT
from app.money import Money
from app.pricing.contract.approval import LATE_BILLING
from app.pricing.cost.accepted import ACCRUED, VARIANCE, names_of, plain_name

RIGHT_EXPIRED = "BILLING_RIGHT_EXPIRED"
LATE_OF = f"{LATE_BILLING} of "
"""Before the key of a line: it alone is billed late."""


class Approvable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that can be approved."""

    subject: str
    says: str
    """What it is, in words."""
    amount: Money | None = None
    """What it comes to; None where that has no price yet, or is no one amount."""
    needs: tuple[May, ...]
    """What somebody must be allowed who speaks about it: all of these."""


def approvable(
    unit: BillableUnit, decision: Decision, beside: Collection[Cost]
) -> tuple[Approvable, ...]:
    """Everything of the unit that an approval may name, each once, lines first.

    Args:
        unit: it, folded.
        decision: its current one.
        beside: what carriers ask for the other units of its loads: a word on this unit counts for
            these too where they are shared out.
    """
    asked = (*_asked(unit), *beside)
    found: dict[str, Approvable] = {}
    for each in (*_lines(decision), *_claims(unit), *_costs(unit), *_changes(decision)):
        if not is_of_credit(each.subject):
            (kind,) = each.needs
            needs = needed_for(each.subject, kind, asked)
            found.setdefault(each.subject, msgspec.structs.replace(each, needs=needs))
    return tuple(found.values())


def needed_for(subject: str, kind: May, costs: Collection[Cost]) -> tuple[May, ...]:
    """What is needed to approve something of this kind under this name, however it is spelt.

    Where another thing goes by the name the word would count for both, and needs what either does:
    what rules look for by itself, and what a carrier asks.
    """
    name = plain_name(subject)
    by_name = May.APPROVE_LATE_BILLING if name.startswith(_LATE_OF) else _NAMED.get(name, kind)
    asked = {plain_name(each) for said in _with_a_word(costs) for each in names_of(said)}
    return tuple(dict.fromkeys((kind, by_name, May.APPROVE_COSTS if name in asked else kind)))


_LATE_OF = f"{plain_name(LATE_OF)} "
_NAMED = {
    plain_name(ADJUSTMENT): May.APPROVE_ADJUSTMENTS,
    plain_name(LATE_BILLING): May.APPROVE_LATE_BILLING,
    plain_name(VARIANCE): May.APPROVE_COSTS,
    plain_name(ACCRUED): May.APPROVE_COSTS,
}


def _of(kind: May, subject: str, says: str, amount: Money | None = None) -> Approvable:
    """A thing of this kind, before it is looked at what else goes by its name."""
    return Approvable(subject=subject, says=says, amount=amount, needs=(kind,))


def _lines(decision: Decision) -> Iterator[Approvable]:
    """Extra services that are priced, by what they are about."""
    extra = [line.charge for line in decision.lines if line.charge.is_extra_service]
    for charge in extra:
        says = f"{charge.code} {charge.subject}"
        yield _of(May.APPROVE_ACCESSORIALS, charge.subject, says, charge.amount)
    for charge in extra:
        alone = sum(1 for each in extra if each.code == charge.code) == 1
        amount = charge.amount if alone else None
        yield _of(May.APPROVE_ACCESSORIALS, charge.code, f"every {charge.code}", amount)


def _claims(unit: BillableUnit) -> Iterator[Approvable]:
    """What somebody claims and nothing prices or bills yet."""
    for fact in unit.accessorials:
        if isinstance(fact.said, Accessorial):
            said = fact.said
            says = f"{said.charge} {said.accessorial}"
            yield _of(May.APPROVE_ACCESSORIALS, said.accessorial, says)
            yield _of(May.APPROVE_ACCESSORIALS, said.charge, f"every {said.charge}")


def _costs(unit: BillableUnit) -> Iterator[Approvable]:
    """What carriers ask of us, and how far it may be from what was expected."""
    costs = _asked(unit)
    for said in _with_a_word(costs):
        if said.number:
            says = f"{said.kind.value} cost {said.number} of {said.carrier}"
            yield _of(May.APPROVE_COSTS, said.number, says, said.total)
    if costs:
        yield _of(May.APPROVE_COSTS, VARIANCE, "that the carrier's invoice differs")
        yield _of(May.APPROVE_COSTS, ACCRUED, "that the accrual stands for the invoice")


def _asked(unit: BillableUnit) -> tuple[Cost, ...]:
    return tuple(fact.said for fact in unit.costs if isinstance(fact.said, Cost))


def _with_a_word(costs: Collection[Cost]) -> Iterator[Cost]:
    """Those on which a word counts by their names: a tender is none of them."""
    return (said for said in costs if said.kind is not CostKind.TENDERED)


def _changes(decision: Decision) -> Iterator[Approvable]:
    """A change of what was billed, and billing after the right to it has run out."""
    if decision.billed_before is not None:
        yield _of(May.APPROVE_ADJUSTMENTS, ADJUSTMENT, "the change of what was billed")
    late = [hold for hold in decision.holds if hold.code == RIGHT_EXPIRED]
    for hold in late:
        key = hold.subject.removeprefix("charge:")
        says = f"that {key} is billed late"
        yield _of(May.APPROVE_LATE_BILLING, f"{LATE_OF}{key}", says, hold.value)
    if late:
        yield _of(May.APPROVE_LATE_BILLING, LATE_BILLING, "that all of it is billed late")
