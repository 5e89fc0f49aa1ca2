"""JSON Schemas of single values and comparisons, by the type that the glossary gives a name.

Editors read `1800` as a number and `yes` as a text; the product reads both as text. So a
schema allows what an editor may make of a value that the product accepts.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.authoring.files.conditions import ORDERED
from app.authoring.files.sums import ORDERED_TYPES
from app.judgement.rulebook.model import Name, ValueType
from app.money import MINOR_UNITS

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number"]}
YES_NO: Schema = {"enum": ["yes", "no"]}
_number = r"-?\d[\d,]*(\.\d+)?"
_literals = {
    ValueType.TEXT: r"(?![<>=!]).+",
    ValueType.WORD: r"(?![<>=!]).+",
    ValueType.YES_NO: "(yes|no)",
    ValueType.WHOLE: r"-?\d+",
    ValueType.NUMBER: _number,
    ValueType.MONEY: rf"{_number} ({'|'.join(MINOR_UNITS)})",
    ValueType.DATE: r"\d{4}-\d\d-\d\d",
}
_numeric = {ValueType.WHOLE, ValueType.NUMBER}


def one_of(words: Iterable[str]) -> Schema:
    """One of the words, which editors offer."""
    return {"enum": list(words)}


def listed(item: Schema) -> Schema:
    """A list of them, or a single one."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def money_schema() -> Schema:
    """An amount with its currency."""
    return {"type": "string", "pattern": f"^{_literals[ValueType.MONEY]}$"}


def value_schema(name: Name) -> Schema:
    """A value of a name as a case gives it."""
    return {
        "description": name.says,
        "anyOf": [{"const": "unknown"}, *_literal(name)],
    }


def condition_schema(name: Name, own: Mapping[str, Name], of_unit: Mapping[str, Name]) -> Schema:
    """What may stand after a name in a rule."""
    literal = {"anyOf": _literal(name)}
    options = {"type": "array", "minItems": 1, "items": literal}
    none_of = {
        "type": "object",
        "properties": {"not": options},
        "required": ["not"],
        "additionalProperties": False,
    }
    # What the enumeration offers stands first: editors complete from it.
    return {
        "description": name.says,
        "anyOf": [
            *_literal(name),
            {"enum": ["known", "unknown"]},
            {"type": "string", "pattern": _comparison(name, {**of_unit, **own})},
            options,
            none_of,
        ],
    }


def _literal(name: Name) -> list[Schema]:
    """A constant of the name's type."""
    if name.allowed:
        return [{"enum": list(name.allowed)}]
    if name.value_type is ValueType.YES_NO:
        return [YES_NO]
    numbers = [{"type": "integer" if name.value_type is ValueType.WHOLE else "number"}]
    also = numbers if name.value_type in _numeric else []
    if name.value_type in {ValueType.TEXT, ValueType.WORD}:
        also = [{"type": "number"}]
    return [{"type": "string", "pattern": f"^{_literals[name.value_type]}$"}, *also]


def _comparison(name: Name, others: Mapping[str, Name]) -> str:
    """`not X`, `same as NAME`, `at most SUM`; the sum's parts are checked by their type."""
    # Days less days are a number, and days and numbers are days.
    plain = {*_numeric, ValueType.DATE}
    kinds = plain if name.value_type in plain else {name.value_type}
    names = "|".join(
        sorted(re.escape(each.name) for each in others.values() if each.value_type in kinds)
    )
    one = "|".join(map(re.escape, name.allowed)) or _literals[name.value_type]
    part = rf"(\d+(\.\d+)?% of )?({names}|{_literals[name.value_type]}|\d+( days?)?)"
    if name.value_type is ValueType.MONEY:
        part = rf"(\d+(\.\d+)?% of )?({names}|{_literals[name.value_type]})"
    total = rf"-?{part}( [+-] {part})*"
    forms = [f"not ({one})", f"same as ({total if name.value_type in ORDERED_TYPES else names})"]
    if name.value_type in ORDERED_TYPES:
        forms.append(f"({'|'.join(ORDERED)}) {total}")
    return f"^({'|'.join(forms)})$"
