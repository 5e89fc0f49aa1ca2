"""What is disputed of a unit and what was agreed about it, as rules see it."""

from collections.abc import Mapping, Sequence
from datetime import UTC

from app.evidence.correlation.disputes import KnownDispute
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.dispute import DisputeState
from app.judgement.rulebook.seen import Item, Seen
from app.measures import Instant
from app.money import Money, total
from app.pricing.contract.approval import credit_approval_of
from app.pricing.lines.charge import Charge, Rated


def of_unit(disputes: Sequence[KnownDispute], rated: Rated) -> Mapping[str, Seen]:
    """How many disputes are open, and what all credits come to."""
    open_ = [each for each in disputes if each.open]
    credited = {f for c in rated.charges if c.of_dispute for i in c.inputs for f in i.fact_ids}
    return {
        "open_disputes": Seen(len(open_), _facts(open_)),
        "agreed_credits": Seen(rated.agreed_credits, tuple(sorted(credited))),
    }


def of_charge(
    charge: Charge, disputes: Sequence[KnownDispute], unit: BillableUnit, at: Instant
) -> Mapping[str, Seen]:
    """Whether a line is disputed; of a credit, who granted it and whether that is approved.

    A credit is disputed with its line, so that it never goes out ahead of what it is taken of.
    Its dispute is its evidence: no paper that its charge needs is asked for once more.
    """
    own = next((each for each in disputes if each.dispute == charge.of_dispute), None)
    line = own.line if own else charge.key
    open_ = [each for each in disputes if each.open and each.line == line]
    grant = own.grant if own else None
    approved, approvals = (
        credit_approval_of(grant, charge.subject, unit, at) if grant else (None, ())
    )
    ids = own.fact_ids if own else ()
    return {
        "disputed": Seen(bool(open_), _facts(open_)),
        "disputed_amount": Seen(_claimed(open_, charge), _facts(open_)),
        "agreed_credit": Seen(grant.amount if grant else None, ids),
        "credit_claimed": Seen(own.claimed if own else None, ids),
        "credit_authority": Seen(grant.authority if grant else None, ids),
        "credit_approved": Seen(approved, approvals),
        **({"evidenced": Seen(True, ids)} if grant else {}),
    }


def _claimed(open_: Sequence[KnownDispute], charge: Charge) -> Money | None:
    """What is claimed of the line in all open disputes; unknown in two currencies."""
    currency = charge.amount.currency
    if any(each.claimed.currency != currency for each in open_):
        return None
    return total((each.claimed for each in open_), currency)


def dispute_items(
    disputes: Sequence[KnownDispute], rated: Rated, policy_at: Instant
) -> tuple[Item, ...]:
    """Every dispute of the unit, open or not."""
    lines = {charge.key for charge in rated.charges}
    return tuple(_item(each, lines, policy_at) for each in disputes)


def _item(dispute: KnownDispute, lines: set[str], policy_at: Instant) -> Item:
    ids, times = dispute.fact_ids, dispute.times
    lost = dispute.open and dispute.line not in lines
    why = dispute.unclear or (
        f"dispute {dispute.dispute} is about {dispute.line}, and there is no such line"
        if lost
        else ""
    )
    age = policy_at.astimezone(UTC).date() - times.open_since.astimezone(UTC).date()
    values = {
        "charge": dispute.charge,
        "reason": dispute.reason.value,
        "amount": dispute.claimed,
        "state": dispute.state.value,
        "outcome": dispute.outcome.value,
        "open": dispute.open,
        "granted": dispute.grant.amount if dispute.grant else None,
        "authority": dispute.authority or None,
        "age_days": age.days,
        "answered": dispute.state is not DisputeState.OPENED,
        "reopened": times.reopened,
        "opened_by_authority": dispute.opened_by_authority,
        "resolved_by_authority": dispute.resolved_by_authority,
        "clear": not why,
    }
    said = (
        f"{dispute.claimed} of {dispute.line} is disputed ({dispute.reason.value})"
        f"{f': {dispute.text}' if dispute.text else ''}"
    )
    return Item(
        entity="dispute",
        key=dispute.dispute,
        values={name: Seen(value, ids) for name, value in values.items()},
        evidence=((why or said, ids[-1]),),
    )


def _facts(disputes: Sequence[KnownDispute]) -> tuple[str, ...]:
    return tuple(sorted({each for dispute in disputes for each in dispute.fact_ids}))
