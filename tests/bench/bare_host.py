"""The same rules for durable-rules as documented: its Host, its language, facts as JSON.

Written with care for its defects, or its verdicts would differ: the unit is asserted last
and matched first, then every `none`, then what must be found; a rule that always fires
keeps `delete_state` from crashing, and the Host's threads, which crash too, do not start.
"""

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from durable.engine import Host, MessageNotHandledException

from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Operator,
    Pattern,
    Quantifier,
    Rule,
    RulePack,
    constant_of,
)
from app.money import Money
from tests.bench.shipments import Shipment

Json = dict[str, Any]
OPPOSITE = {
    Operator.AT_LEAST: Operator.LESS_THAN,
    Operator.LESS_THAN: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE_THAN,
    Operator.MORE_THAN: Operator.AT_MOST,
    Operator.IS: Operator.IS_NOT,
    Operator.IS_NOT: Operator.IS,
    Operator.ONE_OF: Operator.NONE_OF,
    Operator.NONE_OF: Operator.ONE_OF,
}
SIGNS = {
    Operator.AT_LEAST: "$gte",
    Operator.AT_MOST: "$lte",
    Operator.MORE_THAN: "$gt",
    Operator.LESS_THAN: "$lt",
    Operator.IS_NOT: "$neq",
}


def plain(value: Any) -> Any:
    """Money in cents, as engines without money take it."""
    return value.minor_units if isinstance(value, Money) else value


def opposite(condition: Condition) -> Condition:
    """What is true where the condition is false; all values are known."""
    return Condition(
        name=condition.name,
        operator=OPPOSITE[condition.operator],
        literals=condition.literals,
        terms=condition.terms,
    )


class _Host(Host):  # type: ignore[misc]  # it ships no types
    def _run(self) -> None:
        """Start no threads: they use memory that `delete_state` has freed."""


class BareHost:
    """Asked about one shipment after the other."""

    def __init__(self, pack: RulePack) -> None:
        self._fired: set[str] = set()
        self._numbers = count()
        rules: dict[str, Json] = {"always": self._written([_all("unit", ())], "")}
        for rule in pack.rules:
            for number, found in enumerate(_ways(rule)):
                rules[f"{rule.rule_id}#{number}"] = self._written(found, rule.rule_id)
        self._host = _Host({"bench": rules})

    def _written(self, found: Sequence[Json], rule_id: str) -> Json:
        def run(context: Any) -> None:  # noqa: ARG001 - the Host hands it over
            self._fired.add(rule_id)

        named: list[Json] = [
            {f"m{n}{'$not' if '$not' in each else ''}": each.get("$not", each)}
            for n, each in enumerate(found)
        ]
        return {"all": named, "run": run}

    def fired(self, facts: tuple[list[Json], Json]) -> set[str]:
        """The ids of the rules that fire."""
        self._fired = set()
        sid = str(next(self._numbers))
        items, unit = facts
        # An exception says that no rule looks at the last of them; they are all asserted.
        with suppress(MessageNotHandledException):
            self._host.assert_facts("bench", [item | {"sid": sid} for item in items])
        self._host.assert_fact("bench", unit | {"sid": sid})
        self._host.delete_state("bench", sid)
        return self._fired - {""}


def facts_of(shipment: Shipment) -> tuple[list[Json], Json]:
    """The items as facts, and the unit, with the ids that this engine needs."""
    items = [
        {"id": f"f{number}", "t": entity} | {name: plain(each) for name, each in values.items()}
        for number, (entity, _, values) in enumerate(shipment["items"])
    ]
    unit = {name: plain(each) for name, each in shipment["unit"].items()}
    return items, {"id": "u", "t": "unit"} | unit


def _ways(rule: Rule) -> list[list[Json]]:
    """Every combination of facts by which the rule fires."""
    if rule.kind is not Kind.REQUIRE:
        none: list[Json] = []
        some: list[Json] = []
        for pattern in rule.patterns:
            if pattern.quantifier is Quantifier.SOME:
                some.append(_all(pattern.entity, pattern.conditions))
            else:
                none += [{"$not": each} for each in _breaking(pattern)]
        return [[_all("unit", rule.applies), *none, *some]]
    (pattern,) = rule.patterns
    match pattern.quantifier:
        case Quantifier.UNIT:
            broken = [opposite(each) for each in pattern.conditions]
            return [[_all("unit", (*rule.applies, each))] for each in broken]
        case Quantifier.SOME:
            missing = {"$not": _all(pattern.entity, pattern.conditions)}
            return [[_all("unit", rule.applies), missing]]
        case Quantifier.NONE | Quantifier.EVERY:
            return [[_all("unit", rule.applies), each] for each in _breaking(pattern)]


def _breaking(pattern: Pattern) -> list[Json]:
    if pattern.quantifier is Quantifier.NONE:
        return [_all(pattern.entity, pattern.conditions)]
    failing = [opposite(each) for each in pattern.conditions]
    excepted = tuple(opposite(each) for each in pattern.unless)
    return [_all(pattern.entity, (each, *excepted)) for each in failing]


def _all(entity: str, conditions: Sequence[Condition]) -> Json:
    if not conditions:
        return {"t": entity}
    tests = [test for each in conditions for test in _tests(each)]
    return {"$and": [{"t": entity}, *tests]}


def _tests(condition: Condition) -> list[Json]:
    name = condition.name
    constants = [plain(constant_of(each)) for each in condition.literals]
    match condition.operator:
        case Operator.ONE_OF:
            return [{"$or": [{name: each} for each in constants]}]
        case Operator.NONE_OF:
            return [{"$neq": {name: each}} for each in constants]
        case Operator.IS:
            return [{name: constants[0]}]
        case Operator.IS_NOT:
            return [{"$neq": {name: constants[0]}}]
        case _:
            (term,) = condition.terms
            other = {"$m": term.name} if term.literal is None else plain(constant_of(term.literal))
            return [{SIGNS[condition.operator]: {name: other}}]
