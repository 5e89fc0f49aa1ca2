"""What the fired rules come to, and what that means beside the invoices there are."""

from collections.abc import Collection, Mapping

from app.decide.question import Question
from app.evidence.correlation.disputes import disputes_of
from app.evidence.correlation.waivers import waivers_of
from app.family.document import line_of
from app.judgement.outcome import Outcome, counting, outcome_of, unless_nothing
from app.judgement.provisional_amounts import cannot_bill
from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.model import ProvisionalTerms
from app.judgement.verdict import Lines, Ruling, ruling_on
from app.money import Money
from app.pricing.contract.contract import AdjustmentStyle, Contract
from app.pricing.lines.charge import Rated


def refused_permissions(question: Question, firings: Collection[Firing]) -> Mapping[str, str]:
    """The provisional permissions whose amount cannot be found, and why."""
    return cannot_bill(question.pack, firings, question.rated, question.last_known, _cost(question))


def _cost(question: Question) -> Money | None:
    """What the move costs so far, as rules see it."""
    cost = question.view.unit["cost_total"].value
    return cost if isinstance(cost, Money) else None


def rated_by(question: Question, ruling: Ruling) -> Rated:
    """The prices that a ruling is about."""
    at = question.last_known
    return at.rated if ruling.at_last_known and at is not None else question.rated


def terms_of(question: Question, ruling: Ruling) -> tuple[ProvisionalTerms, ...]:
    """The terms of the provisional permissions by which it goes out."""
    return tuple(
        rule.provisional
        for rule in question.pack.rules
        if rule.rule_id in ruling.permitted_by and rule.provisional is not None
    )


def ruled(
    question: Question,
    firings: Collection[Firing],
    troubles: Collection[str],
    refused: Mapping[str, str],
) -> tuple[Ruling, Outcome]:
    """The ruling, and what it means beside what was billed before."""
    family, contract, lines = question.family, question.contract, _lines(question)

    def ruling(over: Collection[Firing]) -> Ruling:
        return ruling_on(
            question.pack,
            over,
            lines,
            placed_by_service=troubles,
            cannot_bill=refused.keys(),
            waivers=waivers_of(question.unit, question.dossier.policy_at),
        )

    found = ruling(counting(question.pack, firings, family))
    rated = rated_by(question, found)
    known = not family.documents or not (rated.unpriced or "TIE_OUT_FAILED" in troubles)
    outcome = outcome_of(
        found,
        family,
        [line_of(charge) for charge in rated.charges] if known else None,
        contract.adjustments if contract else AdjustmentStyle.DELTA_ONLY,
        question.dossier.policy_at,
        terms_of(question, found),
        _cost(question),
    )
    if "family_1" in question.dossier.methods:
        found, outcome = unless_nothing(outcome, found, family)
    return (ruling(firings) if outcome.overdue else found), outcome


def _lines(question: Question) -> Lines:
    """The lines as the algebra sees them."""
    at = question.last_known
    return Lines(
        priced=[(charge.key, charge.amount) for charge in question.rated.charges],
        last_known=at.lines if at else None,
        may_wait=_splits(question.contract, (at or question).rated),
        credits_wait="verdict_1" in question.dossier.methods,
        credits_of=_credits_of_unbilled(question),
    )


def _credits_of_unbilled(question: Question) -> Mapping[str, str]:
    """The agreed credits of lines that are not billed, each with its line."""
    live = question.family.live_lines
    lines = {each.dispute: each.line for each in disputes_of(question.unit)}
    credits_ = (each for each in question.rated.charges if each.of_dispute)
    found = {each.key: lines[each.of_dispute] for each in credits_}
    return {credit: line for credit, line in found.items() if line not in live}


def _splits(contract: Contract | None, rated: Rated) -> bool:
    """Whether a held line waits alone; never where there is tax, which is on all of them."""
    taxed = any(charge.tax for charge in rated.charges)
    return contract is not None and contract.split_held_lines and not taxed
