"""The view with derived facts in it, each with the facts it was derived from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from app.judgement.rulebook.model import Condition, Derived, TableRow, Term, constant_of
from app.judgement.rulebook.seen import Item, Seen, View

Values = dict[str, Any]


def with_derived(
    derived: Sequence[Derived],
    view: View,
    unit: Values,
    items: Mapping[str, Iterable[tuple[Item, Values]]],
) -> View:
    """The view with the values that were derived, in order.

    Args:
        derived: in the pack's order.
        view: as it was told.
        unit: the unit's values, the derived ones among them.
        items: each item with its values, the derived ones among them.
    """
    seen_unit = dict(view.unit)
    seen_items = [(item, dict(item.values)) for item in view.items]
    values = {id(item): told for pairs in items.values() for item, told in pairs}
    for each in derived:
        if each.entity == "unit":
            ids = _facts(each, seen_unit, seen_unit, seen_items)
            seen_unit[each.name] = Seen(unit[each.name], ids)
            continue
        for item, seen in seen_items:
            if item.entity == each.entity:
                ids = _facts(each, seen, seen_unit, seen_items)
                seen[each.name] = Seen(values[id(item)][each.name], ids)
    return View(
        unit=seen_unit,
        items=tuple(msgspec.structs.replace(item, values=seen) for item, seen in seen_items),
    )


def _facts(
    derived: Derived,
    own: Mapping[str, Seen],
    unit: Mapping[str, Seen],
    items: Sequence[tuple[Item, dict[str, Seen]]],
) -> tuple[str, ...]:
    """The facts behind every value that the derivation looks at."""
    places = (
        [seen for item, seen in items if item.entity == derived.over] if derived.over else [own]
    )
    found: set[str] = set()
    for place in places:
        for name, of_unit in names_read(derived):
            seen = (unit if of_unit else place).get(name)
            found.update(seen.fact_ids if seen else ())
    return tuple(sorted(found))


def names_read(derived: Derived) -> tuple[tuple[str, bool], ...]:
    """Every name the derivation looks at, and whether it is the unit's."""
    terms = [*derived.terms, *derived.by]
    names = [(term.name, term.of_unit) for term in terms if term.name]
    for condition in derived.conditions:
        names.extend(_names_in(condition))
    if derived.of_name:
        names.append((derived.of_name, False))
    return tuple(dict.fromkeys(names))


def _names_in(condition: Condition) -> Iterable[tuple[str, bool]]:
    yield condition.name, False
    terms: tuple[Term, ...] = condition.terms
    yield from ((term.name, term.of_unit) for term in terms if term.name)


def row_used(
    derived: Derived, own: Mapping[str, Seen], unit: Mapping[str, Seen]
) -> TableRow | None:
    """The row of the table from which a looked-up value was taken, to show where it stands."""
    told = [(unit if term.of_unit else own).get(term.name, Seen(None)).value for term in derived.by]
    fitting = [
        row
        for row in derived.rows
        if all(
            key is None or constant_of(key) == value
            for key, value in zip(row.keys, told, strict=True)
        )
    ]
    return max(fitting, key=lambda row: row.specific) if fitting else None
