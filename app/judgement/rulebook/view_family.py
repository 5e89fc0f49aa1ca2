"""What was billed for a unit before, against what it comes to now, as rules see it."""

from collections.abc import Mapping

from app.evidence.correlation.unit import BillableUnit
from app.family.document import line_of
from app.family.family import Family
from app.family.plan import plan_of
from app.judgement.rulebook.seen import Seen
from app.measures import Instant
from app.money import Money, total
from app.pricing.contract.approval import approved
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import services_billed_twice

ADJUSTMENT = "adjustment"
"""The subject of an approval that is about what changes on billed invoices."""


def of_family(
    unit: BillableUnit, rated: Rated, family: Family, policy_at: Instant
) -> Mapping[str, Seen]:
    """Every name about earlier invoices.

    The size of an adjustment counts from the first invoice on: many small ones are not small.
    """
    size = adjustment_size(rated, family)
    is_approved, ids = (
        approved(unit, {ADJUSTMENT}, size, policy_at) if size is not None else (False, ())
    )
    return {
        "billed_before": Seen(bool(family.documents)),
        "provisional_open": Seen(family.open_provisional is not None),
        "invoices_before": Seen(len(family.documents)),
        "billed_total": Seen(family.balance),
        "adjustment_due": Seen(_differs(rated, family)),
        "adjustment_total": Seen(_adjustment(rated, family)),
        "adjustment_size": Seen(size),
        "adjustment_approved": Seen(is_approved, ids),
    }


def _adjustment(rated: Rated, family: Family) -> Money | None:
    """What the unit comes to less what was billed; below zero where something is owed back."""
    balance, comes_to = family.balance, _comes_to(rated)
    if balance is None or comes_to is None or comes_to.currency != balance.currency:
        return None
    return comes_to + -balance


def adjustment_size(rated: Rated, family: Family) -> Money | None:
    """How far its services have come from what was billed for them first, in either direction.

    Tax follows the services, and an extra service that the first invoice had not is approved for
    itself: neither counts here.
    """
    first, comes_to = family.first, _comes_to(rated)
    if first is None or comes_to is None or comes_to.currency != first.total.currency:
        return None
    billed = {line.key: line.amount for line in first.lines if line.tax is None}
    now = [
        charge.amount
        for charge in rated.charges
        if charge.tax is None and (charge.key in billed or not charge.is_extra_service)
    ]
    away = total(now, rated.currency) + -total(billed.values(), rated.currency)
    return -away if away.amount < 0 else away


def _comes_to(rated: Rated) -> Money | None:
    """What the unit comes to; not known while something has no price."""
    return None if rated.unpriced else rated.total


def _differs(rated: Rated, family: Family) -> bool:
    """Whether any service is known to come to something else than was billed for it."""
    if not family.documents or rated.unpriced or rated.currency != family.currency:
        return False
    if services_billed_twice(rated):
        return False  # the service holds it
    return bool(plan_of(family, [line_of(each) for each in rated.charges]))
