"""The tables in which rules look up their limits, each as one table with all its columns.

Several names may take a column each of one table. A row is told by where it is written, so that
what stands in one line of the file stands in one line here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    Literal,
    Rule,
    RulePack,
    TableRow,
    Term,
)

ANY, UNIT = "any", "unit"
Named = tuple[str, str]
"""The kind of thing, and the name of one of its values."""


class ShownRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: the cells under the table's columns."""

    cells: tuple[str, ...]
    is_own: bool
    """Whether it stands in the customer's own table; those come first."""
    effective: str
    written_at: str


class ShownTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table, the rows that count first at the top."""

    name: str
    keys: tuple[str, ...]
    """What is compared with: customer, mode, charge, ..."""
    values: tuple[str, ...]
    """The names that are taken from it."""
    rows: tuple[ShownRow, ...]


def tables_of(derived: Iterable[Derived]) -> tuple[ShownTable, ...]:
    """Every table that one of these names is looked up in, by name."""
    together: dict[tuple[str, tuple[str, ...]], list[Derived]] = {}
    for each in derived:
        if each.derivation is Derivation.LOOK_UP and each.rows:
            keys = tuple(map(_named, each.by))
            together.setdefault((_table_of(each), keys), []).append(each)
    return tuple(_table(*key, names) for key, names in sorted(together.items()))


def tables_read_by(rule: Rule, pack: RulePack) -> frozenset[str]:
    """The names of the tables a rule looks into, directly or by way of other names."""
    reached = _reached(_names_in(rule), pack.derived)
    return frozenset(_table_of(each) for each in reached if each.rows)


def _reached(names: set[Named], derived: tuple[Derived, ...]) -> tuple[Derived, ...]:
    """The derived names among these and all that those are built on."""
    found: set[int] = set()
    while True:
        more = {n for n, each in enumerate(derived) if (each.entity, each.name) in names} - found
        if not more:
            return tuple(derived[n] for n in sorted(found))
        found |= more
        names = names | {name for n in more for name in _built_on(derived[n])}


def _built_on(derived: Derived) -> set[Named]:
    """A count or a sum asks the items it is over; everything else its own thing."""
    over = derived.over or derived.entity
    return {
        *_in_terms((*derived.terms, *derived.by), derived.entity),
        *_in_conditions(derived.conditions, over),
        *([(over, derived.of_name)] if derived.of_name else []),
    }


def _names_in(rule: Rule) -> set[Named]:
    names = _in_conditions((*rule.applies, *rule.unless), UNIT)
    for pattern in rule.patterns:
        names |= _in_conditions((*pattern.conditions, *pattern.unless), pattern.entity)
    return names


def _in_conditions(conditions: Iterable[Condition], entity: str) -> set[Named]:
    every = tuple(conditions)
    terms = (term for each in every for term in each.terms)
    return {(entity, each.name) for each in every} | _in_terms(terms, entity)


def _in_terms(terms: Iterable[Term], entity: str) -> set[Named]:
    return {(UNIT if term.of_unit else entity, term.name) for term in terms if term.name}


def _table_of(derived: Derived) -> str:
    """`approval-limits`, of the files that rows of everybody's and of a customer's stand in."""
    file = derived.rows[0].written_at.rpartition(":")[0]
    return file.rpartition("/")[2].rpartition(".")[0]


def _table(name: str, keys: tuple[str, ...], names: list[Derived]) -> ShownTable:
    found: dict[str, TableRow] = {}
    values: dict[str, dict[str, str]] = {}
    for each in names:
        for row in each.rows:
            found.setdefault(row.written_at, row)
            values.setdefault(row.written_at, {})[_value_of(each)] = row.value.text
    columns = tuple(dict.fromkeys(map(_value_of, names)))
    rows = sorted(found.values(), key=lambda row: (row.specific, _turned(row.written_at)))
    return ShownTable(
        name=name,
        keys=keys,
        values=columns,
        rows=tuple(_row(row, values[row.written_at], columns) for row in reversed(rows)),
    )


def _turned(written_at: str) -> int:
    """So that of two rows that are equally specific the upper one comes first."""
    return -int(written_at.rpartition(":")[2])


def _row(row: TableRow, values: Mapping[str, str], columns: tuple[str, ...]) -> ShownRow:
    return ShownRow(
        cells=(*map(_cell, row.keys), *(values.get(column, "") for column in columns)),
        is_own=row.own,
        effective=_effective(row),
        written_at=row.written_at,
    )


def _cell(key: Literal | None) -> str:
    return ANY if key is None else key.text


def _effective(row: TableRow) -> str:
    """`from 2026-01-01`, `until 2026-06-30`; empty where it always counts."""
    parts = []
    if row.effective_from != date.min:
        parts.append(f"from {row.effective_from}")
    if row.effective_before is not None:
        parts.append(f"until {row.effective_before - timedelta(days=1)}")
    return " ".join(parts)


def _value_of(derived: Derived) -> str:
    return derived.name.replace("_", " ")


def _named(term: Term) -> str:
    return (term.literal.text if term.literal else term.name).replace("_", " ")
