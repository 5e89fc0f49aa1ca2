"""Cases beside the rule files, read into views: the same names, the same types."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import yaml

from app.judgement.rulebook.model import Name, RulePack, ValueType
from app.judgement.rulebook.seen import Item, Seen, Value, View
from app.money import Money

RULES = Path(__file__).parents[1] / "rules"


class RuleCase(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as a biller describes it, and what the rules must say of it."""

    name: str
    folder: str
    unit: Mapping[str, str]
    items: Mapping[str, list[Mapping[str, str]]]
    fires: tuple[str, ...]
    verdict: str
    boundary_of: tuple[str, ...] = ()
    """Holds of which it shows the nearest value that just does, or just does not, place them."""


def read_rule_cases() -> Iterator[RuleCase]:
    """Every case under rules/, each laid over the ordinary unit it starts from."""
    ordinary = {
        each["ordinary"]: each for each in _documents(RULES / "standard/ordinary.cases.yaml")
    }
    for path in sorted(RULES.rglob("*.cases.yaml")):
        for case in _documents(path):
            if "case" in case:
                yield _case(case, ordinary[case["from"]], path)
            else:
                yield _case({**case, "case": f"an ordinary {case['ordinary']} unit"}, case, path)


def _documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader))


def _case(case: dict[str, Any], base: dict[str, Any], path: Path) -> RuleCase:
    return RuleCase(
        name=case["case"],
        folder=path.parent.name,
        unit={**base["unit"], **case.get("but", {})},
        items={**base["items"], **case.get("items", {})},
        fires=tuple(case["fires"]),
        verdict=case["verdict"],
        boundary_of=tuple(case.get("boundary of", ())),
    )


def view_in(case: RuleCase, pack: RulePack) -> View:
    """The view the case describes, typed by the glossary; every name must be known to it."""
    names = {(name.entity, name.name): name for name in pack.glossary}
    return View(
        unit={key: Seen(typed(names["unit", key], text)) for key, text in case.unit.items()},
        items=tuple(
            Item(
                entity=entity,
                key=_key(entity, number, values),
                values={key: Seen(typed(names[entity, key], t)) for key, t in values.items()},
            )
            for entity, items in case.items.items()
            for number, values in enumerate(items)
        ),
    )


def _key(entity: str, number: int, values: Mapping[str, str]) -> str:
    return values["charge"] if entity == "charge" else str(number)


def typed(name: Name, text: str) -> Value | None:
    """The text as a value of the name's type; `unknown` is no value, except as a word."""
    if text == "unknown" and name.name != "customer":
        return None
    match name.value_type:
        case ValueType.YES_NO:
            assert text in {"yes", "no"}, f"{name.name}: {text}"
            return text == "yes"
        case ValueType.WHOLE:
            return int(text)
        case ValueType.NUMBER:
            return Decimal(text.replace(",", ""))
        case ValueType.DATE:
            return date.fromisoformat(text)
        case ValueType.MONEY:
            amount, currency = text.replace(",", "").split()
            return Money(Decimal(amount), currency)
        case ValueType.TEXT | ValueType.WORD:
            assert not name.allowed or text in name.allowed, f"{name.name}: {text}"
            return text
