"""Ways out of holds about what carriers ask: corrected, accepted, rejected, still to come."""

from collections.abc import Iterable

from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Approval, Cost, CostKind
from app.explanation.unlock.situation import (
    EXPECTED,
    Situation,
    Way,
    Ways,
    corrected,
    key_of,
    new_fact,
)
from app.judgement.decision import Hold
from app.judgement.rulebook.view_costs import Costs, cost_key, costs_of
from app.money import Money, zero
from app.pricing.cost.accepted import ACCRUED, VARIANCE
from app.pricing.cost.match import CostMatch

AUDIT = "ops"
"""The system by which our own people approve what a carrier asks."""


def cost_agreed(hold: Hold, at: Situation) -> Ways:
    """The carrier corrects its invoice, the expectation follows it, or somebody lets it be."""
    costs = _costs(at)
    kind = hold.subject.partition(":")[0]
    if kind == "cost":
        yield from _accepted_bill(hold, at)
        return
    for match in costs.matches:
        if kind == "cost_match" and key_of(hold) == f"{match.carrier}/{match.number}":
            yield from _matched(match, at)
    if costs.bills_stand:
        yield from _let_through(costs, at)


def _costs(at: Situation) -> Costs:
    """As the decision saw them."""
    stand = "cost_2" in at.dossier.methods
    return costs_of(at.unit, at.dossier.policy_at, bills_stand=stand)


def _matched(match: CostMatch, at: Situation) -> Ways:
    if match.expected is None or match.invoiced is None:
        return
    invoices = [at.unit.facts[each] for each in match.invoiced_by]
    if len(invoices) == 1 and match.expected_by:
        yield Way(
            says=f"{match.carrier} corrects its invoice to {match.expected}",
            system=invoices[0].source.system,
            facts=(corrected(at, invoices[0], total=match.expected, lines=()),),
        )
    if not any(isinstance(f.said, Cost) and f.said.kind is CostKind.ACCRUED for f in at.unit.costs):
        said = Cost(
            kind=CostKind.ACCRUED, carrier=match.carrier, number=EXPECTED, total=match.invoiced
        )
        yield Way(
            says=f"the cost of {match.invoiced} is accepted and accrued",
            system="tms",
            facts=(new_fact(at, "tms", said),),
        )


def _let_through(costs: Costs, at: Situation) -> Ways:
    """One approval for all that is apart, as the last word on the variance is the one."""
    apart = [each.variance for each in (*costs.matches, *costs.lines)]
    told = [each for each in apart if each is not None]
    if len({each.currency for each in told}) == 1:
        most = max(told, key=lambda each: each.amount)
        words = f"freight audit lets a cost variance of up to {most} be"
        yield from _approval(at, words, VARIANCE, most, granted=True)


def _accepted_bill(hold: Hold, at: Situation) -> Ways:
    for _, said in _held(hold, at):
        words = f"freight audit accepts invoice {said.number} of {said.carrier} for {said.total}"
        yield from _approval(at, words, said.number, said.total, granted=True)


def _approval(
    at: Situation, words: str, subject: str, up_to: Money | None, *, granted: bool
) -> Ways:
    if AUDIT not in at.who_may("approval"):
        return
    said = Approval(
        approval=f"{EXPECTED} for {subject}",
        subject=subject,
        granted=granted,
        approver=EXPECTED,
        authority="freight audit",
        up_to=up_to,
    )
    yield Way(says=words, system=AUDIT, facts=(new_fact(at, AUDIT, said, after=at.unit.approvals),))


def _held(hold: Hold, at: Situation) -> Iterable[tuple[Fact, Cost]]:
    for fact in at.unit.costs:
        if isinstance(fact.said, Cost) and key_of(hold) == cost_key(fact.said):
            yield fact, fact.said


def withdrawn_invoice(hold: Hold, at: Situation) -> Ways:
    """The bill is rejected or accepted by a person, or the carrier takes it back."""
    costs = _costs(at)
    tiers = {bill.fact.fact_id: bill.tier for bill in costs.bills}
    for fact, said in _held(hold, at):
        # Cancelling a number takes back every bill of it, the good one too.
        if not costs.bills_stand or tiers.get(fact.fact_id) != "K1":
            yield Way(
                says=f"{said.carrier} withdraws its invoice {said.number} of {said.total}",
                system=fact.source.system,
                facts=(
                    corrected(
                        at, fact, bill_type="cancelled", total=zero(said.total.currency), lines=()
                    ),
                ),
            )
        if costs.bills_stand:
            words = f"freight audit rejects invoice {said.number} of {said.carrier}"
            yield from _approval(at, words, said.number, None, granted=False)
            yield from _accepted_bill(hold, at)


def carrier_invoice(_hold: Hold, at: Situation) -> Ways:
    """The carrier's invoice comes; what it will say nobody knows, so as expected.

    Or somebody lets what was accrued stand for it.
    """
    expected, ids = _costs(at).known
    told = [at.unit.facts[each].said for each in ids]
    carrier = next((said.carrier for said in told if isinstance(said, Cost)), "")
    if expected is None or not carrier:
        return
    said = Cost(kind=CostKind.INVOICED, carrier=carrier, number=EXPECTED, total=expected)
    yield Way(
        says=f"the invoice of {carrier} comes",
        system="carrier",
        facts=(new_fact(at, "carrier", said),),
        assumes=f"for the expected {expected}",
    )
    accrued = [s for s in told if isinstance(s, Cost) and s.kind is CostKind.ACCRUED]
    if accrued and len(accrued) == len(told):
        words = f"freight audit lets the accrued {expected} stand for the invoice"
        yield from _approval(at, words, ACCRUED, expected, granted=True)
