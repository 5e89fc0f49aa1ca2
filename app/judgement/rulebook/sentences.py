"""A whole rule as one plain English sentence, for people who read a pack."""

from collections.abc import Iterable
from datetime import timedelta

from app.judgement.rulebook.model import (
    COST_PLUS,
    FULL_ESTIMATE,
    LAST_KNOWN,
    PERCENT_OF_ESTIMATE,
    Condition,
    Kind,
    Literal,
    Operator,
    Pattern,
    ProvisionalTerms,
    Quantifier,
    Rule,
    RulePack,
    Scope,
    Severity,
    Term,
    ValueType,
)

ORDER_WORDS = {
    Operator.AT_LEAST: "at least",
    Operator.AT_MOST: "at most",
    Operator.MORE_THAN: "more than",
    Operator.LESS_THAN: "less than",
}
THINGS = {"unpriced": "item without a price", "excluded": "excluded charge"}
"""Kinds of item whose name is no noun."""


def rule_in_words(rule: Rule, pack: RulePack) -> str:
    """`For every unit whose mode is LTL, hold the invoice with POD_MISSING unless ...`."""
    if rule.kind is Kind.REQUIRE:
        outcome = _held(rule, pack)
    else:
        outcome = f"{_permitted(rule)} if {_satisfied(rule.patterns, pack)}"
    sentence = f"For {_for_whom(rule, pack)}, {outcome}"
    if rule.unless:
        sentence += f", or unless {_all(rule.unless, 'unit', pack)}"
    return f"{sentence}. {_dates(rule)}"


def _for_whom(rule: Rule, pack: RulePack) -> str:
    if not rule.applies:
        return "every unit"
    return f"every unit of which {_all(rule.applies, 'unit', pack)}"


def _held(rule: Rule, pack: RulePack) -> str:
    """What is held with what, and what must be found so that it is not."""
    kind = next((each for each in pack.holds if each.code == rule.hold), None)
    warned = kind is not None and kind.severity is Severity.WARN
    if rule.scope is Scope.LINE and rule.patterns:
        met = _met(rule.patterns[0], pack)
        return f"keep every charge line back with {rule.hold} unless its {met}"
    what = "warn with" if warned else "hold the invoice with"
    return f"{what} {rule.hold} unless {_satisfied(rule.patterns, pack)}"


def _permitted(rule: Rule) -> str:
    if rule.kind is Kind.RELEASE:
        return "release the invoice, where nothing holds it,"
    if rule.kind is Kind.NO_BILL:
        return "bill nothing, where nothing holds it and there is no charge,"
    terms = rule.provisional
    if terms is None:
        return "bill provisionally"
    waived = _joined(terms.waives)
    oldest = terms.oldest_open_days
    return (
        f"bill {_amount(terms)}provisionally in spite of {waived}, up to {terms.up_to} and up to "
        f"{terms.exposure_up_to} in all open provisional invoices together"
        + (f", none of which is {oldest} days old" if oldest is not None else "")
        + f", for {terms.expires_after_days} days and then {terms.on_expiry},"
    )


def _amount(terms: ProvisionalTerms) -> str:
    """`90% of the estimate, at most 1,200.00 USD, `; nothing where all of it is billed."""
    amounts = [] if terms.bills == FULL_ESTIMATE else [amount_in_words(terms)]
    if terms.not_to_exceed is not None:
        amounts.append(f"at most {terms.not_to_exceed}")
    return "".join(f"{each}, " for each in amounts)


def amount_in_words(terms: ProvisionalTerms) -> str:
    """What a provisional bills, before any ceiling: `the carrier's cost plus 12%`."""
    return {
        FULL_ESTIMATE: "the full estimate",
        PERCENT_OF_ESTIMATE: f"{terms.percent}% of the estimate",
        COST_PLUS: f"the carrier's cost plus {terms.percent}%",
        LAST_KNOWN: "what it comes to at the last known prices",
    }[terms.bills]


def _satisfied(patterns: Iterable[Pattern], pack: RulePack) -> str:
    return ", and ".join(_pattern(each, pack) for each in patterns) or "nothing is missing"


def _pattern(pattern: Pattern, pack: RulePack) -> str:
    """`there is a document of which document type is POD and status is accepted`."""
    thing = THINGS.get(pattern.entity, pattern.entity.replace("_", " "))
    conditions = _all(pattern.conditions, pattern.entity, pack)
    of_which = f" of which {conditions}" if conditions else ""
    match pattern.quantifier:
        case Quantifier.UNIT:
            return conditions or "it is there"
        case Quantifier.SOME:
            article = "an" if thing[0] in "aeio" else "a"
            return f"there is {article} {thing}{of_which}"
        case Quantifier.NONE:
            return f"there is certainly no {thing}{of_which}"
        case Quantifier.EVERY:
            return f"of every {thing}, if there is any, {_met(pattern, pack)}"


def _met(pattern: Pattern, pack: RulePack) -> str:
    """What must be so of an item: its conditions, or what excepts it."""
    conditions = _all(pattern.conditions, pattern.entity, pack)
    excepted = _all(pattern.unless, pattern.entity, pack)
    return f"{conditions}, or {excepted}" if excepted else conditions


def _all(conditions: Iterable[Condition], entity: str, pack: RulePack) -> str:
    return " and ".join(_condition(each, entity, pack) for each in conditions)


def _condition(condition: Condition, entity: str, pack: RulePack) -> str:
    """`rated total is at most quoted total plus quote tolerance`."""
    name, where = condition.name.replace("_", " "), (entity, condition.name)
    yes_no = _type_of(condition.name, entity, pack) is ValueType.YES_NO
    if yes_no and condition.operator in {Operator.IS, Operator.IS_NOT} and condition.literals:
        says_yes = (condition.literals[0].text == "yes") is (condition.operator is Operator.IS)
        return f"{name} is {'yes' if says_yes else 'no'}"
    if condition.literals:
        words = _either(condition.literals)
    else:
        words = "".join(_term(term, first=n == 0) for n, term in enumerate(condition.terms))
    match condition.operator:
        case Operator.KNOWN | Operator.UNKNOWN:
            return f"{name} is {condition.operator}"
        case Operator.IS | Operator.ONE_OF:
            return f"{name} is {words}"
        case Operator.IS_NOT | Operator.NONE_OF:
            surely = any(n.always and (n.entity, n.name) == where for n in pack.glossary)
            return f"{name} is {'' if surely else 'known and '}not {words}"
        case _:
            return f"{name} is {ORDER_WORDS[condition.operator]} {words}"


def _type_of(name: str, entity: str, pack: RulePack) -> ValueType | None:
    """The name's type, whether the glossary or the pack itself defines it."""
    every: Iterable[tuple[str, str, ValueType]] = (
        *((each.entity, each.name, each.value_type) for each in pack.glossary),
        *((each.entity, each.name, each.value_type) for each in pack.derived),
    )
    return next((kind for of, called, kind in every if (of, called) == (entity, name)), None)


def _either(literals: tuple[Literal, ...]) -> str:
    return _joined(tuple(each.text for each in literals))


def _joined(texts: tuple[str, ...]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _term(term: Term, *, first: bool) -> str:
    sign = (" minus " if term.negative else " plus ") if not first else ""
    sign = "minus " if first and term.negative else sign
    share = f"{term.percent}% of " if term.percent else ""
    text = term.literal.text if term.literal else term.name.replace("_", " ")
    return f"{sign}{share}{text}{' of the unit' if term.of_unit else ''}"


def _dates(rule: Rule) -> str:
    """`In force since 2026-01-01, by the day of service.`."""
    by = ", by the day of service" if rule.edition_by == "service date" else ""
    if rule.effective_before is None:
        return f"In force from {rule.effective_from} onwards{by}."
    last = rule.effective_before - timedelta(days=1)
    return f"In force from {rule.effective_from} until {last}{by}."
