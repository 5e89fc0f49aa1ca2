"""What a value is compared with, or derived as: names and constants, added up and typed.

quoted_total + 5.00 USD          names of the item, else of the unit, and constants
105% of quoted_total             a part of a value; exact, never rounded
delivered_on + 2 days            a later day
picked_up_on - ordered_on        a number of days
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from app.authoring.files.located_yaml import Scalar
from app.authoring.files.typed_fields import Notes
from app.judgement.rulebook.model import Literal, Name, Term, ValueType
from app.money import MINOR_UNITS

NUMBERS = {ValueType.WHOLE, ValueType.NUMBER}
ORDERED_TYPES = {*NUMBERS, ValueType.MONEY, ValueType.DATE}

Names = Mapping[str, Name]


class Typed(msgspec.Struct, frozen=True):
    """One term and what its value is."""

    term: Term
    value_type: ValueType


def terms_in(
    text: str, at: Scalar, wanted: Name, own: Names, unit: Names, notes: Notes
) -> tuple[Term, ...]:
    """The terms of a sum whose value has the wanted name's type; empty where one is wrong.

    Args:
        text: the sum as written.
        at: where it stands, for mistakes.
        wanted: the name it is compared with, or that is derived as it.
        own: the names of the thing itself (of the unit, when it is about the unit).
        unit: the unit's names.
        notes: takes the mistakes.
    """
    found: list[Typed] = []
    for part in text.replace(" - ", " + -").split(" + "):
        typed = _term(part.strip(), at, wanted, own, unit, notes)
        if typed is None:
            return ()
        found.append(typed)
    problem = _does_not_fit(found, wanted)
    if problem:
        notes.add(at.place, problem, allowed_for(wanted))
        return ()
    return tuple(each.term for each in found)


def _term(
    part: str, at: Scalar, wanted: Name, own: Names, unit: Names, notes: Notes
) -> Typed | None:
    negative = part.startswith("-")
    word = part.removeprefix("-").strip()
    percent, of, rest = word.partition("% of ")
    if of:
        number = decimal_text(percent.strip())
        if number is None:
            notes.add(at.place, f"{percent!r} is not a number of hundredths", "105% of a name")
            return None
        word = rest.strip()
    name = own.get(word) or unit.get(word)
    if name is None:
        typed = _constant(word, at, wanted, {**unit, **own}, notes)
    else:
        typed = Typed(Term(name=word, of_unit=word not in own), name.value_type)
    if typed is None:
        return None
    term = msgspec.structs.replace(
        typed.term, negative=negative, percent=(number or "") if of else ""
    )
    if term.percent and typed.value_type not in {*NUMBERS, ValueType.MONEY}:
        notes.add(at.place, f"a {typed.value_type} has no percentage", "a number or an amount")
        return None
    kind = ValueType.NUMBER if term.percent and typed.value_type in NUMBERS else typed.value_type
    return Typed(term, kind)


def _constant(word: str, at: Scalar, wanted: Name, known: Names, notes: Notes) -> Typed | None:
    """A constant; where a sum of days is meant, a day or a number of days."""
    if word.replace("_", "").isalpha() and wanted.value_type in ORDERED_TYPES:
        notes.wrong_word(Scalar(word, at.place), "name or value", known.keys())
        return None
    if wanted.value_type in {ValueType.DATE, ValueType.WHOLE}:
        days = word.removesuffix(" days").removesuffix(" day")
        for kind, text in ((ValueType.WHOLE, days), (ValueType.DATE, word)):
            canonical = canonical_text(kind, text)
            if canonical is not None:
                return Typed(Term(literal=Literal(value_type=kind, text=canonical)), kind)
    literal = literal_in(wanted, word, at, notes)
    return Typed(Term(literal=literal), literal.value_type) if literal else None


FITTING = {
    ValueType.MONEY: {ValueType.MONEY},
    ValueType.NUMBER: NUMBERS,
    ValueType.WHOLE: {*NUMBERS, ValueType.DATE},
    ValueType.DATE: {ValueType.DATE, ValueType.WHOLE},
}
"""What may be a part of a sum of each type; a word is a part of nothing but itself."""


def _does_not_fit(terms: list[Typed], wanted: Name) -> str:
    """Why the terms do not add up to the wanted type, empty where they do."""
    target = wanted.value_type
    for each in terms:
        if each.value_type not in FITTING.get(target, {target}):
            what = each.term.name or (each.term.literal.text if each.term.literal else "it")
            return f"`{wanted.name}` is a {target}, `{what}` is a {each.value_type}"
    if target not in ORDERED_TYPES:
        adds = len(terms) > 1 or terms[0].term.negative
        return f"a {target} is not added up" if adds else ""
    days = sum(
        -1 if each.term.negative else 1 for each in terms if each.value_type is ValueType.DATE
    )
    if days == (target is ValueType.DATE):
        return ""
    if target is ValueType.DATE:
        return f"`{wanted.name}` is a day: one day, and whole numbers of days added to it"
    return f"`{wanted.name}` is a whole number: a day less another day is one, a day alone is not"


def literal_in(name: Name, text: str, at: Scalar, notes: Notes) -> Literal | None:
    """The text as a constant of the name's type, or a noted mistake."""
    if name.allowed and text not in name.allowed:
        notes.wrong_word(Scalar(text, at.place), f"value of `{name.name}`", name.allowed)
        return None
    canonical = canonical_text(name.value_type, text)
    if canonical is None:
        notes.add(
            at.place,
            f"{text!r} is not a {name.value_type}, which `{name.name}` is",
            allowed_for(name),
        )
        return None
    return Literal(value_type=name.value_type, text=canonical)


def canonical_text(value_type: ValueType, text: str) -> str | None:
    """The one text of a constant, or None where it is not of that type."""
    match value_type:
        case ValueType.TEXT | ValueType.WORD:
            return text or None
        case ValueType.YES_NO:
            return text if text in {"yes", "no"} else None
        case ValueType.WHOLE:
            return str(int(text)) if text.lstrip("-").isdecimal() else None
        case ValueType.NUMBER:
            return decimal_text(text)
        case ValueType.MONEY:
            amount, _, currency = text.partition(" ")
            number = decimal_text(amount)
            return f"{number} {currency}" if number and currency in MINOR_UNITS else None
        case ValueType.DATE:
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                return None


def decimal_text(text: str) -> str | None:
    """The number written plainly, or None where it is none."""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return f"{value:f}" if value.is_finite() and "e" not in text.lower() else None


def allowed_for(name: Name) -> str:
    """What may stand as a value of the name."""
    if name.allowed:
        return ", ".join(name.allowed)
    return {
        ValueType.YES_NO: "yes, no",
        ValueType.WHOLE: "a whole number, for example 3",
        ValueType.NUMBER: "a number, for example 2.5",
        ValueType.MONEY: "an amount, for example 75.00 USD",
        ValueType.DATE: "a day, for example 2026-03-01",
    }.get(name.value_type, "a text")
