"""Names of the compiled program, of which no two may have the same hash.

The engine knows properties and aliases by a hash of 32 bits only: of `due_weight_closed`
and `invoice_item_open` it takes one for the other. So the customer's names never reach it,
and the short names that do are compared here before a program is used.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.errors import EngineError

RESERVED = (
    *("id", "sid", "$s", "$forward", "i", "one", "goe", "zzprime", "t", "g", "z"),
    *("all", "any", "pri", "count", "cap", "dist", "name"),
    *("$lt", "$lte", "$gt", "$gte", "$eq", "$neq", "$mt", "$imt", "$iall", "$iany", "$ex"),
    *("$nex", "$or", "$and", "$m", "$add", "$sub", "$mul", "$div", "$l", "$r", "$i", "$not"),
)


def engine_hash(name: str) -> int:
    """The engine's hash of a name: FNV-1a, although its source calls it FNV-1."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def refuse_names_of_one_hash(rules: Mapping[str, dict[str, Any]], goals: Iterable[str]) -> None:
    """Refuse a program of which the engine would confuse two names.

    Raises:
        EngineError: naming both; a matter for a programmer, not for who writes rules.
    """
    names = {*RESERVED, *goals, *(alias.removesuffix("$not") for alias in _names_in(rules))}
    by_hash: dict[int, str] = {}
    for name in sorted(names):
        other = by_hash.setdefault(engine_hash(name), name)
        if other != name:
            raise EngineError(f"the engine would take {name} for {other}: rename one of them")


def _names_in(rules: Mapping[str, dict[str, Any]]) -> Iterable[str]:
    for rule in rules.values():
        for antecedent in rule["all"]:
            for alias, pattern in antecedent.items():
                yield alias
                for condition in pattern.get("$and", (pattern,)):
                    yield from condition
