"""What nobody claims, and how far each claim has come, as rules see them."""

from collections.abc import Iterable

from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial
from app.judgement.rulebook.seen import Item, Seen
from app.measures import Instant
from app.pricing.entitlement.found import Entitlement, Found
from app.pricing.entitlement.standing import Extra

PLANNED = "planned"
"""What is not actual was only planned, estimated or asked for."""


def state_of(claim: Fact, extra: Extra) -> Seen:
    """How far the claim has come, by the acts that moved it."""
    said = claim.said
    assert isinstance(said, Accessorial), "accessorials are chosen by type"
    of = (said.accessorial, said.charge)
    life = next((each for each in extra.lives if (each.accessorial, each.charge) == of), None)
    if life is None:
        return Seen(PLANNED, (claim.fact_id,))
    moved = (each for each in life.steps if not each.refused)
    return Seen(life.state.value, tuple(dict.fromkeys(f for s in moved for f in s.fact_ids)))


def entitlement_items(found: Found, policy_at: Instant) -> Iterable[Item]:
    """One item for each charge that may be claimed."""
    return (_entitlement(each, policy_at) for each in found.entitlements)


def _entitlement(each: Entitlement, policy_at: Instant) -> Item:
    facts, deadline = each.facts, each.deadline
    passed = deadline is not None and deadline.has_passed(policy_at.date())
    return Item(
        entity="entitlement",
        key=each.entitlement,
        values={
            "charge": Seen(each.charge, facts),
            "amount": Seen(each.amount, facts),
            "fault": Seen(each.times.fault.value, facts),
            "deadline": Seen(deadline.last_day if deadline else None),
            "deadline_passed": Seen(passed),
            "claimed": Seen(value=False),
        },
        evidence=tuple((text, fact) for text in _told(each) for fact in (facts[:1] or ("",))),
    )


def _told(each: Entitlement) -> Iterable[str]:
    yield f"{each.charge} {each.subject}: {each.amount or 'no price yet'}".replace(" :", ":")
    if each.working:
        yield each.working
    yield f"fault: {each.times.fault.value}, {each.times.because}"
    if each.deadline:
        until = each.deadline.last_day.isoformat()
        yield f"to be claimed by {until} ({each.deadline.source})"
