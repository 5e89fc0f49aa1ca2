"""`name: value` pairs of rule files become typed conditions, by the glossary.

status: accepted                 is
status: [accepted, received]     one of
status: not rejected             is not
status: {not: [a, b]}            none of
amount: at most 75.00 USD        at least, at most, more than, less than
total: at most quoted + 5.00 USD a sum (see `sums`)
carrier: same as tendered_to     is, compared with a name
arrived: known                   known, unknown
"""

import re
from collections.abc import Iterable

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, nearest
from app.authoring.files.sums import ORDERED_TYPES, allowed_for, literal_in, terms_in
from app.authoring.files.typed_fields import Notes, scalars_in
from app.judgement.rulebook.model import Condition, Name, Operator, Term

ORDERED = {
    "at least": Operator.AT_LEAST,
    "at most": Operator.AT_MOST,
    "more than": Operator.MORE_THAN,
    "less than": Operator.LESS_THAN,
}
SIGNS = {
    ">=": "at least",
    "<=": "at most",
    "=>": "at least",
    "=<": "at most",
    "!=": "not",
    "<>": "not",
    "==": "",
    ">": "more than",
    "<": "less than",
    "=": "",
}
"""What people type from habit, longest first, and the word for it."""
OTHER_WORDS = {
    "above": "more than",
    "over": "more than",
    "greater than": "more than",
    "below": "less than",
    "under": "less than",
    "up to": "at most",
    "no more than": "at most",
    "maximum": "at most",
    "max": "at most",
    "no less than": "at least",
    "from": "at least",
    "minimum": "at least",
    "min": "at least",
}
OPERATORS = "at least X, at most X, more than X, less than X, same as NAME, not X, known, unknown"


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
            terms = self.terms(entity, name, text[8:], value, notes)
            return Condition(name=name.name, operator=Operator.IS, terms=terms) if terms else None
        if (mend := _unknown_operator(name, text)) is not None:
            notes.add(value.place, f"{text!r} has no operator that is known", OPERATORS, mend)
            return None
        operator = Operator.IS
        if text.startswith("not "):
            operator, text = Operator.IS_NOT, text[4:].strip()
        literal = literal_in(name, text, value, notes)
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
                allowed_for(name),
            )
            return None
        terms = self.terms(entity, name, text, at, notes)
        return Condition(name=name.name, operator=operator, terms=terms) if terms else None

    def terms(
        self, entity: str, wanted: Name, text: str, at: Scalar, notes: Notes
    ) -> tuple[Term, ...]:
        """The sum as terms, typed like the wanted name; empty where it is a mistake."""
        own, unit = self.by_entity[entity], self.by_entity["unit"]
        return terms_in(text, at, wanted, own, unit, notes)


def _unknown_operator(name: Name, text: str) -> str | None:
    """What to write instead, where the text begins with an operator that is none."""
    for sign, word in SIGNS.items():
        if text.startswith(sign):
            return f"did you mean {f'{word} {text[len(sign) :].strip()}'.strip()!r}?"
    begins = re.match(r"([A-Za-z]+(?: +[A-Za-z]+)*) +(\S*\d.*)", text)
    if begins is None or name.value_type not in ORDERED_TYPES or text.startswith("not "):
        return None
    words = begins[1].lower()
    close = OTHER_WORDS.get(words) or nearest(words, ORDERED)
    return f"did you mean '{close} {begins[2]}'?" if close else ""


def _listed(name: Name, operator: Operator, node: Sequence, notes: Notes) -> Condition | None:
    literals = [literal_in(name, item.text, item, notes) for item in scalars_in(node, notes)]
    if not literals:
        notes.add(node.place, "the list is empty", allowed_for(name))
        return None
    found = tuple(literal for literal in literals if literal is not None)
    return Condition(name=name.name, operator=operator, literals=found)
