"""The same rules for zen-engine and for json-rules-engine."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import zen

from app.judgement.rulebook.model import (
    Condition,
    Kind,
    Operator,
    Pattern,
    Quantifier,
    RulePack,
    constant_of,
)
from tests.bench.bare_host import plain
from tests.bench.shipments import NAMES, Shipment

NODE = Path(__file__).parent / "node"
SIGNS = {
    Operator.IS: "==",
    Operator.IS_NOT: "!=",
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
    Operator.MORE_THAN: ">",
    Operator.LESS_THAN: "<",
}
Json = dict[str, Any]


def context_of(shipment: Shipment) -> Json:
    """The unit's values, and a list for every kind of item."""
    lists: Json = {entity: [] for entity in NAMES if entity != "unit"}
    for entity, _, values in shipment["items"]:
        lists[entity].append({name: plain(each) for name, each in values.items()})
    return lists | {"unit": {name: plain(each) for name, each in shipment["unit"].items()}}


class ZenTable:
    """A decision table with one row for each rule and all that fit collected, traced."""

    def __init__(self, pack: RulePack) -> None:
        columns = [
            {"id": "i0", "name": "Applies", "field": ""},
            {"id": "i1", "name": "Found", "field": ""},
        ]
        rows = []
        for number, rule in enumerate(pack.rules):
            met = " and ".join(_pattern(each) for each in rule.patterns)
            rows.append(
                {
                    "_id": f"r{number}",
                    "i0": _conditions(rule.applies, "unit."),
                    "i1": f"not ({met})" if rule.kind is Kind.REQUIRE else met,
                    "o0": json.dumps(rule.rule_id),
                }
            )
        table = {
            "hitPolicy": "collect",
            "inputs": columns,
            "outputs": [{"id": "o0", "name": "Rule", "field": "rule"}],
            "rules": rows,
        }
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ]
        edges = [
            {"id": "e0", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "e1", "sourceId": "table", "targetId": "out", "type": "edge"},
        ]
        content = json.dumps({"nodes": nodes, "edges": edges})
        self._decision = zen.ZenEngine().create_decision(content)

    def fired(self, context: Json) -> set[str]:
        """The ids of the rules that fire."""
        answer = self._decision.evaluate(context, {"trace": True})
        assert answer["trace"], "a trace was asked for"
        return {row["rule"] for row in answer["result"]}


def _pattern(pattern: Pattern) -> str:
    if pattern.quantifier is Quantifier.UNIT:
        return f"({_conditions(pattern.conditions, 'unit.')})"
    met = _conditions(pattern.conditions, "#.")
    if pattern.unless:
        met = f"({met}) or ({_conditions(pattern.unless, '#.')})"
    how = {Quantifier.SOME: "some", Quantifier.NONE: "none", Quantifier.EVERY: "all"}
    return f"{how[pattern.quantifier]}({pattern.entity}, {met})"


def _conditions(conditions: Sequence[Condition], whose: str) -> str:
    return " and ".join(_condition(each, whose) for each in conditions)


def _condition(condition: Condition, whose: str) -> str:
    name = f"{whose}{condition.name}"
    constants = [json.dumps(plain(constant_of(each))) for each in condition.literals]
    if condition.operator in (Operator.ONE_OF, Operator.NONE_OF):
        no = "not " if condition.operator is Operator.NONE_OF else ""
        return f"{name} {no}in [{', '.join(constants)}]"
    if condition.literals:
        return f"{name} {SIGNS[condition.operator]} {constants[0]}"
    return f"{name} {SIGNS[condition.operator]} {_operand(condition, whose)}"


def _operand(condition: Condition, whose: str) -> str:
    (term,) = condition.terms
    if term.literal is None:
        return f"{whose}{term.name}"
    return json.dumps(plain(constant_of(term.literal)))


class JsonRules:
    """json-rules-engine in a node process that judges all shipments when it is told to."""

    def __init__(self, pack: RulePack, contexts: Sequence[Json]) -> None:
        self.process = subprocess.Popen(
            ["node", str(NODE / "judge.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        rules = [
            {"id": rule.rule_id, "conditions": _node_conditions(rule.kind, rule.applies, patterns)}
            for rule in pack.rules
            for patterns in (rule.patterns,)
        ]
        self._told = self._ask({"rules": rules, "contexts": list(contexts)})

    def fired(self) -> list[set[str]]:
        """The ids of the rules that fire, for every shipment."""
        return [set(each) for each in self._ask({"judge": "all"})["fired"]]

    def round(self) -> float:
        """Judge all; the processor seconds it took, as the process counts its own."""
        seconds: float = self._ask({"judge": "timed"})["seconds"]
        return seconds

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _ask(self, message: Json) -> Json:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        answer: Json = json.loads(self.process.stdout.readline())
        return answer


def _node_conditions(kind: Kind, applies: Sequence[Condition], patterns: Sequence[Pattern]) -> Json:
    """What applies first: the engine stops at the first condition of `all` that fails."""
    met = [_node_pattern(each) for each in patterns]
    found = [{"not": met[0]}] if kind is Kind.REQUIRE else met
    conditions = [_node_unit(each) for each in applies] + found
    for place, condition in enumerate(conditions):
        condition["priority"] = 100 - place
    return {"all": conditions}


def _node_pattern(pattern: Pattern) -> Json:
    if pattern.quantifier is Quantifier.UNIT:
        return {"all": [_node_unit(each) for each in pattern.conditions]}
    wanted = {
        "conditions": [_node_test(each) for each in pattern.conditions],
        "unless": [_node_test(each) for each in pattern.unless],
    }
    how = {Quantifier.SOME: "some", Quantifier.NONE: "none", Quantifier.EVERY: "every"}
    return {"fact": pattern.entity, "operator": how[pattern.quantifier], "value": wanted}


def _node_test(condition: Condition) -> list[Any]:
    """Name, operator, constant, name of the other value."""
    listed = condition.operator in (Operator.ONE_OF, Operator.NONE_OF)
    constants = [plain(constant_of(each)) for each in condition.literals]
    if constants:
        return [condition.name, condition.operator.value, constants if listed else constants[0]]
    (term,) = condition.terms
    if term.literal is None:
        return [condition.name, condition.operator.value, None, term.name]
    return [condition.name, condition.operator.value, plain(constant_of(term.literal))]


NODE_OPERATORS = {
    Operator.IS: "equal",
    Operator.IS_NOT: "notEqual",
    Operator.ONE_OF: "in",
    Operator.NONE_OF: "notIn",
    Operator.AT_LEAST: "greaterThanInclusive",
    Operator.AT_MOST: "lessThanInclusive",
    Operator.MORE_THAN: "greaterThan",
    Operator.LESS_THAN: "lessThan",
}


def _node_unit(condition: Condition) -> Json:
    _, _, constant, *other = _node_test(condition)
    return {
        "fact": "unit",
        "path": f"$.{condition.name}",
        "operator": NODE_OPERATORS[condition.operator],
        "value": {"fact": "unit", "path": f"$.{other[0]}"} if other else constant,
    }
