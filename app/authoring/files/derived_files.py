"""`derive:` documents become derived facts, each after those it is built on."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import msgspec

from app.authoring.files.conditions import Vocabulary
from app.authoring.files.located_yaml import Mapping as Map
from app.authoring.files.located_yaml import Node, Scalar
from app.authoring.files.rule_tables import RuleTable, rows_of
from app.authoring.files.sums import NUMBERS
from app.authoring.files.typed_fields import Fields, Notes
from app.errors import Place
from app.judgement.rulebook.derived import names_read
from app.judgement.rulebook.model import (
    Condition,
    Derivation,
    Derived,
    Name,
    TableRow,
    Term,
    ValueType,
)

WORD = "derive"
HOW = {
    "value": Derivation.VALUE,
    "when": Derivation.WHEN,
    "count": Derivation.COUNT,
    "sum": Derivation.SUM,
    "look up": Derivation.LOOK_UP,
}
KEY_TYPES = {ValueType.TEXT, ValueType.WORD, ValueType.YES_NO, ValueType.WHOLE}
"""What a table's key may be; an amount or a day is compared in a rule, not looked up."""

Tables = Mapping[str, Sequence[RuleTable]]


class Declared(msgspec.Struct, frozen=True):
    """A `derive` document of which only the name and type are read so far."""

    name: Name
    fields: Fields
    node: Node


def is_derivation(node: Node) -> bool:
    """Whether the document says what a name is derived from."""
    return isinstance(node, Map) and node.get(WORD) is not None


def declared(nodes: Iterable[Node], words: Vocabulary, notes: Notes) -> tuple[Declared, ...]:
    """The names these documents define; they join the vocabulary before any rule is read."""
    found = []
    for node in nodes:
        fields = Fields(node, notes, "derivation")
        called = fields.scalar(WORD)
        of = fields.text("of", "unit").replace(" ", "_")
        kind = fields.word("is", [each.value for each in ValueType])
        if called is None or not kind:
            continue
        if of not in {"unit", *words.entities()}:
            place = fields.scalar("of") or called
            notes.wrong_word(Scalar(of, place.place), "kind of thing", ("unit", *words.entities()))
            continue
        if called.text in words.by_entity.setdefault(of, {}):
            notes.add(called.place, f"`{called.text}` of a {of} is a name already")
            continue
        allowed = tuple(word.text for word in fields.words("allowed"))
        name = Name(
            entity=of,
            name=called.text,
            value_type=ValueType(kind),
            says=fields.text("says"),
            source="derived",
            allowed=allowed,
        )
        words.by_entity[of][called.text] = name
        found.append(Declared(name, fields, node))
    return tuple(found)


class DerivationReader:
    """Reads the bodies of derivations against a vocabulary and the tables beside the rules."""

    def __init__(self, words: Vocabulary, tables: Tables, notes: Notes) -> None:
        self.words, self.tables, self.notes = words, tables, notes

    def derived(self, documents: Iterable[Declared]) -> tuple[Derived, ...]:
        """Every derived fact, in the order in which they can be computed."""
        read = [each for each in map(self._one, documents) if each is not None]
        return in_order(read, self.notes)

    def _one(self, document: Declared) -> Derived | None:
        fields, name = document.fields, document.name
        before = len(self.notes.mistakes)
        how = [key for key in HOW if fields.map.get(key) is not None]
        if len(how) > 1 and "when" in how:
            how.remove("when")
        if len(how) != 1:
            self.notes.add(
                fields.place,
                f"`{name.name}` is derived in one way",
                ", ".join(f"`{h}`" for h in HOW),
            )
            return None
        first, end = fields.days("effective")
        derived = Derived(
            entity=name.entity,
            name=name.name,
            value_type=name.value_type,
            says=name.says,
            owner=fields.text("owner"),
            derivation=HOW[how[0]],
            effective_from=first,
            effective_before=end,
            written_at=f"{fields.place.file}:{fields.place.line}",
        )
        derived = getattr(self, f"_{HOW[how[0]].name.lower()}")(fields, name, derived)
        fields.finish()
        return derived if len(self.notes.mistakes) == before else None

    def _value(self, fields: Fields, name: Name, derived: Derived) -> Derived:
        scalar = fields.scalar("value")
        if scalar is None:
            return derived
        terms = self.words.terms(name.entity, name, scalar.text.strip(), scalar, self.notes)
        return msgspec.structs.replace(derived, terms=terms)

    def _when(self, fields: Fields, name: Name, derived: Derived) -> Derived:
        node = fields.node("when")
        if name.value_type is not ValueType.YES_NO:
            self.notes.add(fields.place, f"`{name.name}` is a {name.value_type}", "is: yes or no")
        conditions = self.words.conditions(name.entity, node, self.notes)
        if not conditions:
            self.notes.add(fields.place, "`when` has at least one condition")
        return msgspec.structs.replace(derived, conditions=conditions)

    def _count(self, fields: Fields, name: Name, derived: Derived) -> Derived:
        if name.value_type is not ValueType.WHOLE:
            self.notes.add(fields.place, "a count is a whole number", "is: whole number")
        over, conditions = self._over(fields, name, fields.scalar("count"))
        return msgspec.structs.replace(derived, over=over, conditions=conditions)

    def _sum(self, fields: Fields, name: Name, derived: Derived) -> Derived:
        over, conditions = self._over(fields, name, fields.scalar("over"))
        of = fields.scalar("sum")
        names = self.words.by_entity.get(over, {})
        added = names.get(of.text) if of else None
        if of is not None and over and added is None:
            self.notes.wrong_word(of, f"name of a {over}", names.keys())
        if added is not None:
            like = {added.value_type} if added.value_type is ValueType.MONEY else NUMBERS
            if name.value_type not in like or added.value_type not in {*NUMBERS, ValueType.MONEY}:
                self.notes.add(
                    fields.place,
                    f"`{name.name}` is a {name.value_type}, `{added.name}` is a {added.value_type}",
                    "amounts add up to an amount, numbers to a number",
                )
        return msgspec.structs.replace(
            derived, over=over, of_name=of.text if of else "", conditions=conditions
        )

    def _over(
        self, fields: Fields, name: Name, thing: Scalar | None
    ) -> tuple[str, tuple[Condition, ...]]:
        if name.entity != "unit":
            self.notes.add(fields.place, "counts and sums are the unit's", "of: unit")
        if thing is None:
            return "", ()
        entity = thing.text.strip().replace(" ", "_")
        if entity not in self.words.entities():
            self.notes.wrong_word(thing, "kind of thing", self.words.entities())
            return "", ()
        return entity, self.words.conditions(entity, fields.node("where"), self.notes)

    def _look_up(self, fields: Fields, name: Name, derived: Derived) -> Derived:
        table, take = fields.scalar("look up"), fields.scalar("take")
        keys = self._keys(fields, name)
        if table is None or take is None:
            return derived
        tables = self.tables.get(table.text, ())
        if not tables:
            self.notes.wrong_word(table, "table beside the rules", self.tables.keys())
            return derived
        rows: tuple[TableRow, ...] = rows_of(tables, keys, take, name, self.notes)
        unit = self.words.by_entity["unit"]
        own = self.words.by_entity[name.entity]
        by = tuple(
            Term(name=key.name, of_unit=own.get(key.name) is not key and unit.get(key.name) is key)
            for _, key in keys
        )
        return msgspec.structs.replace(derived, by=by, rows=rows)

    def _keys(self, fields: Fields, name: Name) -> tuple[tuple[Scalar, Name], ...]:
        """Column and name of every key; a list names columns called like the names."""
        node = fields.node("by")
        pairs = (
            [(column, value) for column, value in node.entries if isinstance(value, Scalar)]
            if isinstance(node, Map)
            else [(scalar, scalar) for scalar in fields.words("by")]
        )
        if not pairs:
            self.notes.add(fields.place, "`by` names at least one key", "[customer, mode]")
        known = {**self.words.by_entity["unit"], **self.words.by_entity[name.entity]}
        found = []
        for column, word in pairs:
            key = known.get(word.text)
            if key is None:
                self.notes.wrong_word(word, "name", known.keys())
            elif key.value_type not in KEY_TYPES:
                self.notes.add(
                    word.place, f"`{key.name}` is a {key.value_type}; tables are looked up by words"
                )
            else:
                found.append((Scalar(column.text.replace("_", " ").lower(), column.place), key))
        return tuple(found)


def in_order(derived: Sequence[Derived], notes: Notes) -> tuple[Derived, ...]:
    """Each after those it is built on; a circle is a mistake that names its members."""
    by_key = {(each.entity, each.name): each for each in derived}
    needs = {
        key: {
            needed
            for name, of_unit in names_read(each)
            if (needed := ("unit" if of_unit else each.over or each.entity, name)) in by_key
        }
        for key, each in by_key.items()
    }
    try:
        order = list(
            TopologicalSorter({key: sorted(needs[key]) for key in sorted(needs)}).static_order()
        )
    except CycleError as circle:
        members = [name for _, name in circle.args[1]]
        file, _, line = by_key[circle.args[1][0]].written_at.rpartition(":")
        notes.add(
            Place(file=file, line=int(line)),
            f"these are built on each other: {' <- '.join(members)}",
            mend=f"derive {members[0]} without {members[1]}" if len(members) > 1 else "",
        )
        return ()
    return tuple(by_key[key] for key in order)
