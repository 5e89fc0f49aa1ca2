"""A placed hold written out for people: what it waits for, who ends it, and the evidence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import msgspec

from app.evidence.correlation.waivers import KnownWaiver
from app.evidence.facts.fact import Fact
from app.judgement.at_stake import AtStake, at_stake_in
from app.judgement.decision import Evidence, Hold
from app.judgement.rulebook.looked import seen_value
from app.judgement.rulebook.model import Condition, Pattern, Quantifier, Rule, RulePack
from app.judgement.rulebook.seen import Item, View
from app.judgement.rulebook.words import value_in_words
from app.judgement.verdict import Placed
from app.judgement.waived import why_not
from app.measures import Instant
from app.money import Money


def hold_for(
    placed: Placed,
    pack: RulePack,
    view: View,
    facts: Mapping[str, Fact],
    policy_at: Instant,
    service_evidence: Mapping[str, tuple[str, ...]],
    *,
    with_value: bool = True,
) -> Hold:
    """The hold with everything a person needs to end it.

    `with_value` says whether what is at stake is told, which `holding_2` does.
    """
    kind = pack.hold(placed.code)
    rule = next((rule for rule in pack.rules if rule.rule_id == placed.rule_id), None)
    told = (
        [(text, "") for text in service_evidence.get(placed.code, ())]
        if rule is None
        else list(_evidence(rule, placed.subject, view))
    )
    at_stake = at_stake_in(placed, view) if with_value else AtStake()
    return Hold(
        code=placed.code,
        says=rule.say if rule else kind.says,
        owner=kind.owner,
        waits_for=kind.waits_for,
        way_out=kind.way_out,
        due_at=policy_at + timedelta(hours=kind.due_hours),
        rule_id=placed.rule_id,
        subject=placed.subject,
        ask=rule.ask if rule else "",
        on_line=placed.on_line,
        blocks=placed.blocks,
        waived_by=placed.waived_by,
        evidence=_told_once(told, facts),
        right_to_bill_expires_on=at_stake.until,
        value=at_stake.value,
    )


def with_refusals(hold: Hold, pack: RulePack, refused: Mapping[str, str]) -> Hold:
    """The hold, with why a permission that waives its code cannot bill provisionally."""
    if hold.waived_by or not refused:
        return hold
    told = tuple(
        Evidence(says=f"{rule.rule_id} bills nothing provisionally: {refused[rule.rule_id]}")
        for rule in pack.rules
        if rule.rule_id in refused
        and rule.provisional is not None
        and hold.code in rule.provisional.waives
    )
    return msgspec.structs.replace(hold, evidence=(*hold.evidence, *told))


def with_waivers(
    hold: Hold,
    waivers: Sequence[KnownWaiver],
    pack: RulePack,
    estimates: Sequence[Mapping[str, Money]],
    facts: Mapping[str, Fact],
) -> Hold:
    """The hold, with who waived it and why, and with every waiver that does not end it."""
    can = bool(hold.rule_id) and pack.hold(hold.code).waivable
    told = []
    for each in waivers if hold.blocks else ():
        if not each.is_about(hold.code, hold.subject):
            continue
        no = why_not(each, hold.subject, estimates, waivable=can)
        says = f"does not end it: {no}" if no else f"by {each.approver}: {each.reason}"
        told.append((f"waiver {each.waiver} {says}", each.fact_id))
    return msgspec.structs.replace(hold, evidence=(*hold.evidence, *_told_once(told, facts)))


def _told_once(told: Iterable[tuple[str, str]], facts: Mapping[str, Fact]) -> tuple[Evidence, ...]:
    """One piece of evidence for each text and message, although two facts may carry it."""
    once = {(text, _source(facts, fact_id)): fact_id for text, fact_id in reversed(list(told))}
    return tuple(
        Evidence(says=text, fact_id=fact_id, source=source)
        for (text, source), fact_id in reversed(once.items())
    )


def _source(facts: Mapping[str, Fact], fact_id: str) -> str:
    return str(facts[fact_id].source) if fact_id in facts else ""


def _evidence(rule: Rule, subject: str, view: View) -> Iterable[tuple[str, str]]:
    """Text and fact id of every value that made the rule fire."""
    for pattern in rule.patterns:
        if pattern.quantifier is Quantifier.UNIT:
            unit = Item(entity="unit", key="", values=view.unit)
            yield from _values(pattern.conditions, unit, view)
            continue
        items = [
            item
            for item in view.items
            if item.entity == pattern.entity and subject in {"", f"{item.entity}:{item.key}"}
        ]
        for item in items:
            yield from _item(item, pattern, view)
        if not items:
            yield f"no {pattern.entity.replace('_', ' ')} has been reported", ""


def _item(item: Item, pattern: Pattern, view: View) -> Iterable[tuple[str, str]]:
    if item.evidence:
        for text, fact_id in item.evidence:
            yield (f"{item.key}: {text}" if fact_id else text), fact_id
        return
    yield from _values(pattern.conditions, item, view)


def _values(conditions: Iterable[Condition], item: Item, view: View) -> Iterable[tuple[str, str]]:
    whose = f"{item.entity.replace('_', ' ')} {item.key} " if item.key else ""
    for condition in conditions:
        names = [(condition.name, item.values)]
        names += [
            (term.name, view.unit if term.of_unit else item.values)
            for term in condition.terms
            if term.name
        ]
        for name, values in names:
            seen = seen_value(values, name)
            text = f"{whose}{name.replace('_', ' ')}: {value_in_words(seen.value)}"
            for fact_id in seen.fact_ids or ("",):
                yield text, fact_id
