"""Whether an extra charge was approved by somebody who may."""

import msgspec

from app.evidence.correlation.disputes import Grant
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier
from app.evidence.facts.money import Approval
from app.measures import Instant
from app.money import Money
from app.pricing.contract.contract import Contract
from app.pricing.lines.charge import Charge


def needs_approval(charge: Charge, contract: Contract | None) -> bool:
    """Whether the contract asks for an approval of this charge.

    Only extra services need one: a charge with a subject bills a service event, unless it is a
    package or a tax. Without a contract, or without an agreed limit, every one of them does.
    """
    if not charge.is_extra_service:
        return False
    limit = contract.approval_needed_above if contract else None
    return (
        limit is None
        or limit.currency != charge.amount.currency
        or (charge.amount.amount > limit.amount)
    )


def approval_of(charge: Charge, unit: BillableUnit, at: Instant) -> tuple[bool, tuple[str, ...]]:
    """Whether the charge is approved at that moment, and the approvals that say so or not.

    Only systems that `rules/authority.yaml` names for approvals may give one. The last word
    on a subject counts. An approval covers amounts up to its own limit and
    holds until it expires; one that is not actual (requested, planned) is no approval.
    """
    about = [
        fact
        for fact in unit.approvals
        if fact.fact_id in unit.owned_acts
        and isinstance(fact.said, Approval)
        and fact.classifier is Classifier.ACTUAL
        and fact.said.subject in {charge.subject, charge.code}
    ]
    if not about:
        return False, ()
    last = max(about, key=lambda fact: (fact.occurred_at, fact.fact_id))
    said = last.said
    assert isinstance(said, Approval), "approvals are chosen by type"
    covers = said.up_to is None or _within(charge.amount, said.up_to)
    lasts = said.expires_at is None or at < said.expires_at
    return said.granted and covers and lasts, (last.fact_id,)


def credit_approval_of(
    charge: Charge, grant: Grant | None, unit: BillableUnit, at: Instant
) -> tuple[bool, tuple[str, ...]]:
    """Whether an agreed credit is approved beyond its grantor's own limit, and by which approval.

    The approval is about this credit alone, an approval of the disputed charge is none; it comes
    from a system that may approve credits, and from another person than the one who granted.
    """
    if grant is None:
        return False, ()
    alone = msgspec.structs.replace(charge, code=charge.subject, amount=grant.amount)
    approved, ids = approval_of(alone, unit, at)
    said = [unit.facts[each].said for each in ids]
    others = any(
        isinstance(each, Approval) and _person(each.approver) != _person(grant.granted_by)
        for each in said
    )
    return approved and others, ids


def _person(name: str) -> str:
    return " ".join(name.split()).upper()


def _within(amount: Money, limit: Money) -> bool:
    return amount.currency == limit.currency and amount.amount <= limit.amount
