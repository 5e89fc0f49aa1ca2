"""Derived facts as this key works them out: its own reading, in whole numbers of a small step."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.infrastructure.engine.exact import (
    YES_NO,
    Exact,
    Told,
    Truth,
    constant,
    exact,
    judged,
    summed,
)
from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    TableRow,
    ValueType,
)

Own = dict[str, Exact]
Held = Mapping[str, Sequence[Own]]
"""The values of every item, by kind."""

Working = Callable[[Own, Own, Held], Exact | None]
"""The derived value from a thing's own values, the unit's, and all items."""


class Deriving:
    """Adds what a pack derives to the values it is shown."""

    def __init__(self, derived: Sequence[Derived]) -> None:
        self._steps = [(each.entity, each.name, _working(each)) for each in derived]
        self.kinds = frozenset(
            kind
            for each in derived
            for kind in (each.over, each.entity)
            if kind not in {"", "unit"}
        )
        """The kinds of items it looks at or adds to."""
        self.names = frozenset((each.entity, each.name) for each in derived)
        self.reads = frozenset(read for each in derived for read in _reads(each))
        """Every value it needs, by kind of thing and name."""

    def add_to(self, unit: Own, held: Held) -> None:
        """Put every derived value that is known into the unit's values and the items'."""
        for entity, name, working in self._steps:
            for own in (unit,) if entity == "unit" else held.get(entity, ()):
                value = working(own, unit, held)
                if value is not None:
                    own[name] = value


def _reads(derived: Derived) -> Iterable[tuple[str, str]]:
    about = derived.over or derived.entity
    terms = [(derived.entity, term) for term in (*derived.terms, *derived.by)]
    for condition in derived.conditions:
        yield about, condition.name
        terms += [(about, term) for term in condition.terms]
    yield from (("unit" if term.of_unit else whose, term.name) for whose, term in terms)
    if derived.of_name:
        yield about, derived.of_name


def _working(derived: Derived) -> Working:
    match derived.derivation:
        case Derivation.VALUE:
            terms = summed(derived.terms)
            return lambda own, unit, _held: terms(own, unit)
        case Derivation.WHEN:
            met = _all_of(derived.conditions)
            return lambda own, unit, _held: _yes_or_no(met(own, unit))
        case Derivation.COUNT:
            return _count(derived)
        case Derivation.SUM:
            return _sum(derived)
        case Derivation.LOOK_UP:
            return _look_up(derived)


def _all_of(conditions: Iterable[Condition]) -> Callable[[Told, Told], Truth]:
    questions = [judged(each) for each in conditions]

    def truth(own: Told, unit: Told) -> Truth:
        unsure = False
        for question in questions:
            answer = question(own, unit)
            if answer is False:
                return False
            unsure = unsure or answer is None
        return None if unsure else True

    return truth


def _yes_or_no(truth: Truth) -> Exact | None:
    return None if truth is None else (YES_NO, int(truth))


def _count(derived: Derived) -> Working:
    met, over = _all_of(derived.conditions), derived.over

    def count(_own: Own, unit: Own, held: Held) -> Exact | None:
        found = 0
        for item in held.get(over, ()):
            truth = met(item, unit)
            if truth is None:
                return None
            found += truth
        return exact(found)

    return count


def _sum(derived: Derived) -> Working:
    met, over, name = _all_of(derived.conditions), derived.over, derived.of_name
    nothing = None if derived.value_type is ValueType.MONEY else exact(0)

    def add(_own: Own, unit: Own, held: Held) -> Exact | None:
        result: Exact | None = None
        for item in held.get(over, ()):
            truth = met(item, unit)
            value = item.get(name)
            if truth is None or (truth and value is None):
                return None
            if truth and value is not None:
                if result is not None and result[0] != value[0]:
                    return None  # two currencies
                amount = value[1]
                assert not isinstance(amount, str), "only numbers and amounts are added up"
                so_far = result[1] if result else 0
                assert not isinstance(so_far, str), "only numbers and amounts are added up"
                result = value[0], so_far + amount
        return nothing if result is None else result

    return add


def _look_up(derived: Derived) -> Working:
    rows = [_Row(row) for row in derived.rows]
    terms = [summed((term,)) for term in derived.by]
    needed = {n for row in rows for n, _ in row.cells}

    def look_up(own: Own, unit: Own, _held: Held) -> Exact | None:
        keys = [term(own, unit) for term in terms]
        if any(keys[n] is None for n in needed):
            return None
        fitting = [row for row in rows if all(keys[n] == cell for n, cell in row.cells)]
        return max(fitting, key=lambda row: row.weight).value if fitting else None

    return look_up


class _Row:
    """One row, its cells read; the heaviest that fits counts."""

    __slots__ = ("cells", "value", "weight")

    def __init__(self, row: TableRow) -> None:
        self.cells = [(n, constant(key)) for n, key in enumerate(row.keys) if key]
        self.value = constant(row.value)
        self.weight = 1000 * row.own + len(self.cells)
