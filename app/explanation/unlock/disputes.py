"""Ways out of holds about disputes: withdrawn, rejected, approved.

That a dispute is credited is no way out shown here: how much, only people can agree.
"""

import msgspec

from app.evidence.correlation.acts import APPROVES_CREDITS, RESOLVES_DISPUTES
from app.evidence.correlation.disputes import KnownDispute, disputes_of
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeState
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Approval
from app.explanation.unlock.situation import EXPECTED, Situation, Way, Ways, key_of, new_fact
from app.judgement.decision import Hold


def dispute_closed(hold: Hold, at: Situation) -> Ways:
    """Whoever opened them withdraws all disputes of the line, or we reject them."""
    open_ = [each for each in disputes_of(at.unit) if each.open and _is_on(each, hold, at)]
    claims = [claim for each in open_ if (claim := _claim(each, at)) is not None]
    if not claims or len(claims) != len(open_):
        return
    numbers = " and ".join(f"dispute {each.dispute}" for each in open_)
    withdrawn = tuple(
        _closed(at, fact, system=fact.source.system, outcome=DisputeOutcome.WITHDRAWN)
        for fact in claims
    )
    systems = sorted({fact.source.system for fact in claims})
    yield Way(says=f"the customer withdraws {numbers}", system=systems[0], facts=withdrawn)
    for system in at.who_may(RESOLVES_DISPUTES)[:1]:
        rejected = tuple(
            _closed(
                at,
                fact,
                system=system,
                outcome=DisputeOutcome.REJECTED,
                resolved_by=EXPECTED,
                authority=system,
            )
            for fact in claims
        )
        yield Way(says=f"{numbers} is rejected", system=system, facts=rejected)


def _is_on(dispute: KnownDispute, hold: Hold, at: Situation) -> bool:
    """Whether it is about the line of the hold, or about the line of which that is a credit."""
    line = key_of(hold)
    credited = {
        each.charge.of_dispute
        for each in at.decision.lines
        if each.key == line and each.charge.of_dispute
    }
    lines = {each.line for each in disputes_of(at.unit) if each.dispute in credited}
    return dispute.line in (lines or {line})


def _claim(dispute: KnownDispute, at: Situation) -> Fact | None:
    """The last word by which it was opened."""
    opened = [
        fact
        for each in dispute.fact_ids
        if each in at.unit.claims_of_disputes
        and isinstance((fact := at.unit.facts[each]).said, Dispute)
        and fact.said.state is DisputeState.OPENED
    ]
    return opened[-1] if opened else None


def _closed(at: Situation, claim: Fact, *, system: str, **outcome: object) -> Fact:
    said = msgspec.structs.replace(claim.said, state=DisputeState.RESOLVED, **outcome)
    same = system == claim.source.system
    instance = claim.source.instance if same else EXPECTED
    return new_fact(at, system, said, instance=instance, after=at.unit.disputes)


def credit_approved(hold: Hold, at: Situation) -> Ways:
    """Somebody else who may approves the credit."""
    line = key_of(hold)
    amount = at.amount_of(line)
    if amount is None:
        return
    for system in at.who_may(APPROVES_CREDITS)[:1]:
        said = Approval(
            approval=f"{EXPECTED} for {line}",
            subject=line.partition("/")[2],
            granted=True,
            approver=EXPECTED,
            authority=system,
            up_to=-amount,
        )
        yield Way(
            says=f"{system} approves the credit {line} of {-amount}",
            system=system,
            facts=(new_fact(at, system, said, after=at.unit.approvals),),
        )
