"""Whether an extra charge was approved by somebody who may."""

from collections.abc import Collection, Iterator, Sequence

from app.evidence.correlation.disputes import Grant
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.money import Approval
from app.measures import Instant
from app.money import Money
from app.pricing.contract.contract import Contract
from app.pricing.lines.charge import Charge

LATE_BILLING = "late billing"


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
    return approved(unit, {charge.subject, charge.code}, charge.amount, at)


def late_billing_approved(
    charge: Charge, unit: BillableUnit, at: Instant
) -> tuple[bool, tuple[str, ...]]:
    """Whether somebody who may says to bill the line although the right to bill it ran out.

    The approval's subject is `late billing` for the whole unit, or `late billing of` and the
    key of the line; like any other it has a limit and may expire.
    """
    return approved(unit, {LATE_BILLING, f"{LATE_BILLING} of {charge.key}"}, charge.amount, at)


def approved(
    unit: BillableUnit, subjects: Collection[str], amount: Money, at: Instant
) -> tuple[bool, tuple[str, ...]]:
    """The same of an amount under any of the subjects that an approval may name."""
    about = [(fact, said) for fact, said in _approvals(unit) if said.subject in subjects]
    return _last_word(about, amount, at)


def _approvals(unit: BillableUnit) -> Iterator[tuple[Fact, Approval]]:
    """What was actually approved or refused, by systems that may."""
    for fact in unit.approvals:
        may = fact.fact_id in unit.owned_acts and fact.classifier is Classifier.ACTUAL
        if may and isinstance(fact.said, Approval):
            yield fact, fact.said


def _last_word(
    about: Sequence[tuple[Fact, Approval]], amount: Money, at: Instant
) -> tuple[bool, tuple[str, ...]]:
    if not about:
        return False, ()
    last, said = max(about, key=lambda each: (each[0].occurred_at, each[0].fact_id))
    covers = said.up_to is None or _within(amount, said.up_to)
    lasts = said.expires_at is None or at < said.expires_at
    return said.granted and covers and lasts, (last.fact_id,)


def credit_approval_of(
    grant: Grant, subject: str, unit: BillableUnit, at: Instant
) -> tuple[bool, tuple[str, ...]]:
    """Whether an agreed credit is approved beyond its grantor's own limit, and what says so.

    The approval is about this credit alone and names its amount, an approval of the disputed
    charge is none; whoever granted the credit may refuse it later, and never approve it.
    """
    about = [
        (fact, said)
        for fact, said in _approvals(unit)
        if said.subject == subject
        and not (said.granted and _person(said.approver) == _person(grant.granted_by))
    ]
    given, ids = _last_word(about, grant.amount, at)
    limits = [said.up_to for fact, said in about if fact.fact_id in ids]
    return given and None not in limits, ids


def _person(name: str) -> str:
    return " ".join(name.split()).upper()


def _within(amount: Money, limit: Money) -> bool:
    return amount.currency == limit.currency and amount.amount <= limit.amount
