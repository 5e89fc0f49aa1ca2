"""`name: value` pairs of rule files become typed conditions, by the glossary.

status: accepted                 is
status: [accepted, received]     one of
status: not rejected             is not
status: {not: [a, b]}            none of
amount: at most 75.00 USD        at least, at most, more than, less than
total: at most quoted + 5.00 USD names of the item, else of the unit, and constants
carrier: same as tendered_to     is, compared with a name
arrived: known                   known, unknown
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence
from app.authoring.files.typed_fields import Notes, scalars_in
from app.judgement.rulebook.model import Condition, Literal, Name, Operator, Term, ValueType
from app.money import MINOR_UNITS

ORDERED = {
    "at least": Operator.AT_LEAST,
    "at most": Operator.AT_MOST,
    "more than": Operator.MORE_THAN,
    "less than": Operator.LESS_THAN,
}
ORDERED_TYPES = {ValueType.WHOLE, ValueType.NUMBER, ValueType.MONEY, ValueType.DATE}
SUMMED_TYPES = {ValueType.WHOLE, ValueType.NUMBER, ValueType.MONEY}


class Vocabulary:
    """The names a pattern about one kind of thing may use."""

    def __init__(self, glossary: Iterable[Name]) -> None:
        self.by_entity: dict[str, dict[str, Name]] = {}
        for name in glossary:
            self.by_entity.setdefault(name.entity, {})[name.name] = name

    def entities(self) -> tuple[str, ...]:
        """Every kind of item, without the unit."""
        return tuple(sorted(self.by_entity.keys() - {"unit"}))

    def conditions(self, entity: str, node: Node | None, notes: Notes) -> tuple[Condition, ...]:
        """All conditions of one map; mistakes are noted and left out."""
        if node is None or (isinstance(node, Scalar) and not node.text):
            return ()
        if not isinstance(node, Mapping):
            notes.add(node.place, "conditions are written as {name: value, name: value}")
            return ()
        found = (self._condition(entity, key, value, notes) for key, value in node.entries)
        return tuple(condition for condition in found if condition is not None)

    def _condition(self, entity: str, key: Scalar, node: Node, notes: Notes) -> Condition | None:
        names = self.by_entity[entity]
        name = names.get(key.text)
        if name is None:
            notes.wrong_word(key, f"name of a {entity}", names.keys())
            return None
        if name.personal:
            notes.add(key.place, f"`{key.text}` is personal; no rule may use it")
            return None
        match node:
            case Sequence():
                return _listed(name, Operator.ONE_OF, node, notes)
            case Mapping(entries=((Scalar(text="not"), Sequence() as options),)):
                return _listed(name, Operator.NONE_OF, options, notes)
            case Mapping():
                notes.add(node.place, "a value is a word, a list or {not: [list]}")
                return None
            case Scalar():
                return self._compared(entity, name, node, notes)

    def _compared(self, entity: str, name: Name, value: Scalar, notes: Notes) -> Condition | None:
        text = value.text.strip()
        if text in {Operator.KNOWN, Operator.UNKNOWN}:
            return Condition(name=name.name, operator=Operator(text))
        for words, operator in ORDERED.items():
            if text.startswith(f"{words} "):
                return self._ordered(entity, name, operator, text[len(words) :], value, notes)
        if text.startswith("same as "):
            term = self._term(entity, name, text[8:].strip(), value, notes)
            return Condition(name=name.name, operator=Operator.IS, terms=(term,)) if term else None
        operator = Operator.IS
        if text.startswith("not "):
            operator, text = Operator.IS_NOT, text[4:].strip()
        literal = _literal(name, text, value, notes)
        if literal is None:
            return None
        return Condition(name=name.name, operator=operator, literals=(literal,))

    def _ordered(
        self, entity: str, name: Name, operator: Operator, text: str, at: Scalar, notes: Notes
    ) -> Condition | None:
        if name.value_type not in ORDERED_TYPES:
            notes.add(
                at.place,
                f"`{name.name}` is a {name.value_type}; it has no more and no less",
                _allowed(name),
            )
            return None
        terms: list[Term] = []
        negative = False
        for part in text.replace(" - ", " + -").split(" + "):
            word = part.strip()
            negative = word.startswith("-")
            term = self._term(entity, name, word.removeprefix("-").strip(), at, notes)
            if term is None:
                return None
            terms.append(
                Term(name=term.name, of_unit=term.of_unit, literal=term.literal, negative=negative)
            )
        if (len(terms) > 1 or negative) and name.value_type not in SUMMED_TYPES:
            notes.add(at.place, f"a {name.value_type} is not added up")
            return None
        return Condition(name=name.name, operator=operator, terms=tuple(terms))

    def _term(self, entity: str, name: Name, word: str, at: Scalar, notes: Notes) -> Term | None:
        other = self.by_entity[entity].get(word)
        of_unit = other is None
        other = other or self.by_entity["unit"].get(word)
        if other is None:
            if word.replace("_", "").isalpha() and name.value_type in ORDERED_TYPES:
                known = self.by_entity[entity].keys() | self.by_entity["unit"].keys()
                notes.wrong_word(Scalar(word, at.place), "name or value", known)
                return None
            literal = _literal(name, word, at, notes)
            return Term(literal=literal) if literal else None
        if other.value_type is not name.value_type:
            notes.add(
                at.place,
                f"`{name.name}` is a {name.value_type}, `{word}` is a {other.value_type}",
                "values of one type are compared",
            )
            return None
        return Term(name=word, of_unit=of_unit and entity != "unit")


def _listed(name: Name, operator: Operator, node: Sequence, notes: Notes) -> Condition | None:
    literals = [_literal(name, item.text, item, notes) for item in scalars_in(node, notes)]
    if not literals:
        notes.add(node.place, "the list is empty", _allowed(name))
        return None
    found = tuple(literal for literal in literals if literal is not None)
    return Condition(name=name.name, operator=operator, literals=found)


def _literal(name: Name, text: str, at: Scalar, notes: Notes) -> Literal | None:
    """The text as a constant of the name's type, or a noted mistake."""
    if name.allowed and text not in name.allowed:
        notes.wrong_word(Scalar(text, at.place), f"value of `{name.name}`", name.allowed)
        return None
    canonical = _canonical(name.value_type, text)
    if canonical is None:
        notes.add(
            at.place,
            f"{text!r} is not a {name.value_type}, which `{name.name}` is",
            _allowed(name),
        )
        return None
    return Literal(value_type=name.value_type, text=canonical)


def _canonical(value_type: ValueType, text: str) -> str | None:
    """The one text of a constant, or None where it is not of that type."""
    match value_type:
        case ValueType.TEXT | ValueType.WORD:
            return text or None
        case ValueType.YES_NO:
            return text if text in {"yes", "no"} else None
        case ValueType.WHOLE:
            return str(int(text)) if text.lstrip("-").isdecimal() else None
        case ValueType.NUMBER:
            return _decimal(text)
        case ValueType.MONEY:
            amount, _, currency = text.partition(" ")
            number = _decimal(amount)
            return f"{number} {currency}" if number and currency in MINOR_UNITS else None
        case ValueType.DATE:
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                return None


def _decimal(text: str) -> str | None:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return f"{value:f}" if value.is_finite() and "e" not in text.lower() else None


def _allowed(name: Name) -> str:
    if name.allowed:
        return ", ".join(name.allowed)
    return {
        ValueType.YES_NO: "yes, no",
        ValueType.WHOLE: "a whole number, for example 3",
        ValueType.NUMBER: "a number, for example 2.5",
        ValueType.MONEY: "an amount, for example 75.00 USD",
        ValueType.DATE: "a day, for example 2026-03-01",
    }.get(name.value_type, "a text")
