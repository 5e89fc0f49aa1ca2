"""Whether a permission to bill provisionally can bill, and why not where it cannot.

What is found here can only stop. A permission whose amount cannot be found waives nothing: a taxed
estimate has no exact part, cost plus needs a cost. One that bills last known prices is looked at
again at these prices: it must fire there too, with a rule that releases, and no requirement may
fire there that does not without them (a quote that is passed, a charge that nobody approved). The
second key alone looks at that; what both keys have to agree on stays the question of the unit.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from app.family.estimate import estimated
from app.judgement.rulebook.key import Firing
from app.judgement.rulebook.model import (
    FULL_ESTIMATE,
    LAST_KNOWN,
    Kind,
    ProvisionalTerms,
    Rule,
    RulePack,
    Severity,
)
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import View
from app.money import Money
from app.pricing.lines.charge import Rated

WAITING_PRICES = {
    "no_index": "FSC_INDEX_MISSING",
    "no_exchange_rate": "FX_RATE_MISSING",
    "card_ended": "RATE_EXPIRED_OR_FUTURE",
}
"""Problems of a line whose price is still to be published or agreed, and the holds that say so."""


class LastKnown(msgspec.Struct, frozen=True, kw_only=True):
    """The unit at the last known prices, and as rules would see it."""

    rated: Rated
    view: View

    @property
    def lines(self) -> tuple[tuple[str, Money], ...]:
        """Key and amount of each line."""
        return _lines(self.rated)


def asks_for_last_known(pack: RulePack, rated: Rated) -> bool:
    """Whether a price waits to be published, and some rule may bill the last one instead."""
    waits = any(missing.problem in WAITING_PRICES for missing in rated.unpriced)
    return waits and any(terms.bills == LAST_KNOWN for _, terms in _permissions(pack.rules))


def cannot_bill(
    pack: RulePack,
    firings: Collection[Firing],
    rated: Rated,
    last_known: LastKnown | None,
    cost: Money | None,
) -> Mapping[str, str]:
    """Each permission that fired and cannot bill what it permits, and why.

    Args:
        pack: the rules in force.
        firings: what fired at the prices that are known.
        rated: the unit at these prices.
        last_known: the same at the last known ones, where some price is still to be published.
        cost: what the move costs; None where that is not known.
    """
    fired = {firing.rule_id for firing in firings}
    found: dict[str, str] = {}
    for rule, terms in _permissions(each for each in pack.rules if each.rule_id in fired):
        at = last_known if terms.bills == LAST_KNOWN else None
        why = _not_waived(terms, rated) if at is not None else ""
        if at is not None:
            why = why or _at_last_known(pack, firings, rule, at)
        why = why or _no_amount(terms, rated if at is None else at.rated, cost)
        if why:
            found[rule.rule_id] = why
    return found


def _permissions(rules: Iterable[Rule]) -> Iterator[tuple[Rule, ProvisionalTerms]]:
    for rule in rules:
        if rule.kind is Kind.PROVISIONAL and rule.provisional is not None:
            yield rule, rule.provisional


def _no_amount(terms: ProvisionalTerms, rated: Rated, cost: Money | None) -> str:
    """Why there is no amount; all of an estimate is what it was before there was a choice."""
    if terms.bills == FULL_ESTIMATE and terms.not_to_exceed is None:
        return ""
    taxed = any(charge.tax for charge in rated.charges)
    found = estimated(_lines(rated), [terms], cost, taxed=taxed)
    return found if isinstance(found, str) else ""


def _not_waived(terms: ProvisionalTerms, rated: Rated) -> str:
    """What is missing and may not stand in by these terms, whatever else permits it."""
    codes = {WAITING_PRICES.get(missing.problem, "") for missing in rated.unpriced} - {""}
    missing = sorted(codes - set(terms.waives))
    return f"it does not waive {' and '.join(missing)}" if missing else ""


def _at_last_known(pack: RulePack, firings: Collection[Firing], rule: Rule, at: LastKnown) -> str:
    """Why the rule may not bill the last known prices; empty where it may."""
    if at.rated.unpriced:
        missing = at.rated.unpriced[0]
        return f"{missing.charge} has no last known price either: {missing.why}"
    there = second_key_for(pack).looked(at.view).firings
    kinds = {each.rule_id: each.kind for each in pack.rules}
    if stops := sorted(_stops(pack, there) - set(firings)):
        told = ", ".join(f"{each.rule_id} {each.subject}".strip() for each in stops)
        return f"at the last known prices it is held by {told}"
    if not any(kinds[each.rule_id] is Kind.RELEASE for each in there):
        return "no rule would release it at the last known prices either"
    if rule.rule_id not in {each.rule_id for each in there}:
        return "it does not permit the amount that the last known prices come to"
    return ""


def _stops(pack: RulePack, firings: Iterable[Firing]) -> set[Firing]:
    """The firings that hold something."""
    blocking = {
        rule.rule_id
        for rule in pack.rules
        if rule.kind is Kind.REQUIRE and pack.hold(rule.hold).severity is Severity.BLOCK
    }
    return {firing for firing in firings if firing.rule_id in blocking}


def _lines(rated: Rated) -> tuple[tuple[str, Money], ...]:
    return tuple((charge.key, charge.amount) for charge in rated.charges)
