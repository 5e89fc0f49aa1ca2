"""A decision and its trace as plain lines of text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from app.evidence.correlation.disputes import KnownDispute
from app.evidence.correlation.waivers import KnownWaiver
from app.explanation.billed import (
    BilledDocument,
    billed_report,
    going_out_report,
    proofs_report,
)
from app.explanation.entitlements_in_words import extra_services_report
from app.explanation.story import Moment, story_report
from app.explanation.unlock.answer import Unlocking, UnlockSet
from app.judgement.decision import DecidedLine, Decision, Hold
from app.judgement.rulebook.model import FULL_ESTIMATE
from app.judgement.rulebook.sentences import amount_in_words
from app.judgement.trace import ConditionSeen, FactUsed, RuleSeen, Trace
from app.judgement.verdict import Verdict
from app.measures import Instant
from app.pricing.entitlement.standing import NOTHING_EXTRA, Extra

Facts = dict[str, FactUsed]
"""By id."""
T = TypeVar("T")
VERDICT_IN_WORDS = {
    Verdict.RELEASE: "RELEASE: the invoice may go out",
    Verdict.PROVISIONAL: "PROVISIONAL: the invoice may go out ahead of what it still waits for",
    Verdict.HOLD: "HOLD: the invoice must not go out",
    Verdict.NO_BILL: "NO BILL: nothing is billed for this",
    Verdict.CREDIT: "CREDIT: a part of what was billed may be given back",
    Verdict.BILLED: "BILLED: nothing is left to bill or to give back",
}


def decision_report(decision: Decision, billed: Sequence[BilledDocument] = ()) -> Iterator[str]:
    """The answer: verdict, money, lines, every hold with its evidence, and what was billed."""
    yield f"{decision.unit}  customer {decision.customer or 'unknown'}"
    yield VERDICT_IN_WORDS[decision.verdict]
    if decision.billed_before is not None:
        yield f"billed before: {decision.billed_before}"
    if decision.total is not None and (decision.billed_before is None or decision.documents):
        yield f"{_what_becomes_of_it(decision)}: {decision.total}"
    if decision.held_total is not None:
        yield f"kept back for now: {decision.held_total}"
    if decision.permitted_by:
        yield f"permitted by: {', '.join(decision.permitted_by)}"
    for terms in decision.provisional:
        if terms.bills != FULL_ESTIMATE or terms.not_to_exceed is not None:
            most = f", at most {terms.not_to_exceed}" if terms.not_to_exceed else ""
            yield f"billed provisionally: {amount_in_words(terms)}{most}"
        yield (
            f"expires {terms.expires_after_days} days after it is claimed, then: {terms.on_expiry}"
        )
    if decision.lines:
        yield ""
        yield "Charges"
        for line in decision.lines:
            yield from _line(line)
    if decision.holds:
        yield ""
        yield "Holds"
        for hold in decision.holds:
            yield from _hold(hold)
    yield from billed_report(billed)
    yield from going_out_report(decision, billed)
    yield ""
    yield f"decision {decision.decision_id}"


def _what_becomes_of_it(decision: Decision) -> str:
    """Of a first invoice all of it is billed; of a later one what follows on those before."""
    waits = decision.verdict is Verdict.HOLD
    if decision.billed_before is not None:
        return "would go out" if waits else "goes out"
    return "would be billed" if waits else "billed"


def _line(line: DecidedLine) -> Iterator[str]:
    kept = "" if line.billed else "   (kept back)"
    yield f"  {line.key:<34} {line.charge.amount!s:>18}{kept}"
    yield f"      {line.charge.formula}"


def _hold(hold: Hold) -> Iterator[str]:
    about = f" on {hold.subject}" if hold.subject else ""
    waived = f"   (waived by {', '.join(hold.waived_by)})" if hold.waived_by else ""
    yield f"  {hold.code}{about}{waived}"
    yield f"      {hold.says}" + (f" [{hold.rule_id}]" if hold.rule_id else "")
    for evidence in hold.evidence:
        source = f"   <- {evidence.source}" if evidence.source else ""
        yield f"        {evidence.says}{source}"
    if hold.right_to_bill_expires_on is not None:
        yield f"      at stake: {hold.value}, to be billed by {hold.right_to_bill_expires_on}"
    who = f"{hold.owner}" + (f" (ask {hold.ask})" if hold.ask else "")
    yield f"      must act: {who}, by {_minute(hold.due_at)}"
    yield f"      waits for {hold.waits_for}; way out: {hold.way_out}"


def unlocking_report(unlocking: Unlocking) -> Iterator[str]:
    """What would release the unit, each set proved; or what stands in the way."""
    yield from _sets("What would release it", unlocking.sets)
    yield from _sets("What would let it go out provisionally", unlocking.provisional)
    if unlocking.needs:
        yield ""
        yield "What would release it: no set of facts could be proved to; it waits for"
    for need in unlocking.needs:
        about = f" on {need.subject}" if need.subject else ""
        yield f"  - {need.code}{about}: {need.way_out} ({need.owner}, by {_minute(need.due_at)})"
        if need.changes:
            yield f"      has to change: {need.changes}"
    if unlocking.given_up:
        found = "more sets may exist" if unlocking.sets else "no set was found"
        yield f"  the search ended at its bound: {found} within {unlocking.tried} tries"


def _sets(title: str, sets: tuple[UnlockSet, ...]) -> Iterator[str]:
    if sets:
        yield ""
        yield title + (" (any one of these)" if len(sets) > 1 else "")
    for number, each in enumerate(sets, start=1):
        yield f"  {number}. unlocks {each.unlocks}, by {_minute(each.due_at)}"
        for step in each.steps:
            about = f" on {step.subject}" if step.subject else ""
            who = step.owner + (f" (ask {step.ask})" if step.ask else "")
            yield f"      - {step.says}"
            yield f"        told by {step.system}, by {_minute(step.due_at)}; {who}"
            yield f"        ends {step.ends}{about}"
            if step.assumes:
                yield f"        assumed: {step.assumes}"


def _minute(moment: Instant) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def explanation_report(
    decision: Decision,
    trace: Trace,
    unlocking: Unlocking | None = None,
    extra: Extra = NOTHING_EXTRA,
    *,
    billed: Sequence[BilledDocument] = (),
    story: Sequence[Moment] = (),
) -> Iterator[str]:
    """The whole way: the answer, how it came to it, then values, working, rules and facts."""
    yield from decision_report(decision, billed)
    yield from proofs_report(trace.proofs)
    yield from story_report(story)
    if unlocking is not None:
        yield from unlocking_report(unlocking)
    facts = {fact.fact_id: fact for fact in trace.facts}
    yield from _section("What the sources say", _values(trace, facts))
    yield from _section("What is disputed", _each(_dispute, trace.disputes, facts))
    yield from _section("What people waived", _each(_waiver, trace.waivers, facts))
    workings = _each(_working, decision.lines, facts)
    yield from _section("How each charge was worked out", workings)
    yield from _not_charged(trace)
    yield from extra_services_report(extra.lives, extra.found)
    yield from _section("What the rules work out", _derived(trace, facts))
    yield ""
    yield "Rules that fired"
    yield from _each(_rule, (rule for rule in trace.rules if rule.fired), facts)
    yield ""
    yield "Rules that did not fire"
    yield from _each(_silent, (rule for rule in trace.rules if not rule.fired), facts)
    yield from _computed_from(trace)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines under their title; nothing where there are none."""
    for place, line in enumerate(lines):
        if not place:
            yield ""
            yield title
        yield line


def _each(
    told: Callable[[T, Facts], Iterator[str]], parts: Iterable[T], facts: Facts
) -> Iterator[str]:
    for part in parts:
        yield from told(part, facts)


def _values(trace: Trace, facts: Facts) -> Iterator[str]:
    """Each value with whose word counts, and what else was told."""
    for attribute in trace.attributes:
        mark = "  !" if attribute.disputed else "   "
        counts = attribute.counts
        yield f"{mark} {attribute.name}: {counts.value}{_from(facts, counts.fact_id)}"
        for other in attribute.others:
            yield f"        also {other.value}{_from(facts, other.fact_id)}"


def _not_charged(trace: Trace) -> Iterator[str]:
    for missing in trace.unpriced:
        yield f"  no price for {missing.charge} {missing.subject}: {missing.why}"
    for excluded in trace.excluded:
        yield f"  excluded {excluded.charge} {excluded.subject}: {excluded.amount}, {excluded.why}"


def _derived(trace: Trace, facts: Facts) -> Iterator[str]:
    for each in trace.derived:
        whose = f"{each.subject} " if each.subject else ""
        yield f"    {whose}{each.name}: {each.value}{_from(facts, *each.fact_ids)}"
        yield f"        {each.how} ({each.written_at})"


def _silent(rule: RuleSeen, facts: Facts) -> Iterator[str]:
    yield f"  {rule.rule_id:<10} {why_silent(rule)}"
    yield from _what_it_saw(rule, facts)


def _computed_from(trace: Trace) -> Iterator[str]:
    """The facts, and every version that decided."""
    yield ""
    yield f"Facts ({len(trace.facts)})"
    for fact in trace.facts:
        yield (
            f"  {fact.fact_id[:12]}  {fact.entity:<18} {fact.classifier:<9} "
            f"{fact.source}  ({fact.linked})"
        )
    yield ""
    yield f"policy moment {trace.policy_at.isoformat()}"
    for kind, edition in trace.editions.items():
        yield f"edition {kind}: {edition}"
    yield f"methods: {', '.join(trace.methods)}"


def _from(facts: Facts, *fact_ids: str) -> str:
    """The messages behind these facts, each once."""
    sources = dict.fromkeys(facts[each].source for each in fact_ids if each in facts)
    return "".join(f"   <- {source}" for source in sources)


def _dispute(dispute: KnownDispute, facts: Facts) -> Iterator[str]:
    """One dispute: the claim, how it stands, who granted what, and when each step was."""
    times, grant = dispute.times, dispute.grant
    how = "open" if dispute.open else dispute.outcome.value
    yield f"  {dispute.dispute} of {dispute.line}: {dispute.claimed} claimed, {how}"
    said = f": {dispute.text}" if dispute.text else ""
    yield f"      {dispute.reason}{said}{_from(facts, *dispute.fact_ids)}"
    if grant:
        granted = f"{grant.amount} granted by {grant.granted_by} as {grant.authority}"
        yield f"      {granted}, {_minute(grant.granted_at)}"
    answered = f", answered {_minute(times.answered_at)}" if times.answered_at else ""
    resolved = f", resolved {_minute(times.resolved_at)}" if times.resolved_at else ""
    again = f", opened again {times.reopened} times" if times.reopened else ""
    yield f"      opened {_minute(times.opened_at)}{answered}{resolved}{again}"
    if dispute.unclear:
        yield f"      unclear: {dispute.unclear}"
    if dispute.resolved_by_authority is False:
        yield "      somebody who may not has resolved it; that counts for nothing"


def _waiver(waiver: KnownWaiver, facts: Facts) -> Iterator[str]:
    """One waiver: which hold, who, why, how far, and why it ends nothing where it does not."""
    about = f" on {waiver.subject}" if waiver.subject else ""
    up_to = f", up to {waiver.up_to}" if waiver.up_to else ""
    until = f", until {_minute(waiver.expires_at)}" if waiver.expires_at else ""
    yield f"  {waiver.waiver} of {waiver.hold}{about} by {waiver.approver}{up_to}{until}"
    yield f"      {waiver.reason}{_from(facts, waiver.fact_id)}"
    if waiver.void:
        yield f"      it ends nothing: {waiver.void}"


def _working(line: DecidedLine, facts: Facts) -> Iterator[str]:
    charge = line.charge
    yield f"  {line.key}: {charge.amount}"
    yield f"      {charge.formula}"
    yield f"      unrounded {charge.unrounded}, {charge.rounding}; method {charge.method}"
    for used in charge.inputs:
        yield f"      {used.name}: {used.value}{_from(facts, *used.fact_ids)}"
    for row in charge.rows:
        yield f"      row {row.row} ({row.table}:{row.line}, effective {row.effective_from})"
    yield f"      {charge.card}; {charge.clause}"
    for rejected in charge.rejected:
        yield f"      rejected: {rejected}"


def _rule(rule: RuleSeen, facts: Facts) -> Iterator[str]:
    yield f"  {rule.rule_id} ({rule.kind}, {rule.written_at})"
    for pattern in rule.patterns:
        yield f"      {pattern.pattern}"
    yield from _what_it_saw(rule, facts)


def _what_it_saw(rule: RuleSeen, facts: Facts) -> Iterator[str]:
    """Every condition of a rule with the value it saw and the message that told it."""
    for seen in rule.applies:
        yield f"        applies: {_seen('unit:', seen, facts)}"
    for seen in rule.unless:
        yield f"        unless: {_seen('unit:', seen, facts)}"
    for pattern in rule.patterns:
        if not pattern.items:
            yield f"        {pattern.pattern}: nothing of the kind has been reported"
        for item in pattern.items:
            for seen in item.conditions:
                yield f"        {_seen(item.item, seen, facts)}"
            for seen in item.unless:
                yield f"        unless: {_seen(item.item, seen, facts)}"


def _seen(item: str, seen: ConditionSeen, facts: Facts) -> str:
    whose = "" if item.startswith("unit:") else f"{item}: "
    sources = _from(facts, *seen.fact_ids)
    return f"{whose}{seen.condition} is {seen.truth}; it saw {seen.saw}{sources}"


def why_silent(rule: RuleSeen) -> str:
    """Why the rule stayed silent, in one line."""
    away = [seen for seen in rule.applies if seen.truth != "true"]
    if away:
        return f"does not apply: {away[0].condition}, but it is {away[0].saw}"
    if rule.unless and all(seen.truth == "true" for seen in rule.unless):
        return f"excepted: {rule.unless[0].condition}"
    if rule.kind == "require":
        return f"satisfied: {'; '.join(pattern.pattern for pattern in rule.patterns)}"
    return f"not met: {'; '.join(pattern.pattern for pattern in rule.patterns)}"
