"""What is wrong with a value that does not fit its type, in words a sender can act on."""

import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import inspect

EARLIEST_YEAR, LATEST_YEAR = 1980, 2999
MOST_DIGITS = 15
"""Of a decimal, before and after its point; beyond it arithmetic would have to round."""
LONGEST_TEXT = 500
"""A number or name that people use; longer ones could not be looked up."""

MOST_WHOLE = 2**31 - 1

_with_path = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_unknown = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_step = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[[^\]]*\]")


class Explained(msgspec.Struct, frozen=True):
    """Where below the value, what is wrong there, and what is allowed."""

    path: str
    what: str
    allowed: str


def explained(error: Exception, type_: Any) -> Explained:
    """The error of a conversion to `type_`, with what that place of the type allows."""
    found = _with_path.fullmatch(str(error))
    what = found.group("what") if found else str(error)
    path = (found.group("path") if found else "") or ""
    place = _type_at(inspect.type_info(type_), path)
    if unknown := _unknown.fullmatch(what):
        problem, allowed = key_problem(unknown.group(1), _names(place))
        return Explained(f"{path}.{unknown.group(1)}", problem, allowed)
    if isinstance(place, inspect.StructType) and (field := _field_meant(what, place)):
        return Explained(f"{path}.{field}", what, "")
    return Explained(path, what[:1].lower() + what[1:], ", ".join(_names(place)))


def key_problem(key: str, allowed: Iterable[str]) -> tuple[str, str]:
    """A sentence about an unknown key with the nearest known one, and the known ones."""
    known = tuple(allowed)
    near = difflib.get_close_matches(key.lower(), known, n=1)
    hint = f", did you mean `{near[0]}`?" if near else ""
    return f"unknown key `{key[:60]}`{hint}", ", ".join(known)


def unlikely(value: object, path: str) -> Iterator[tuple[str, str]]:
    """The paths below a value where a number, date or text is beyond any use, and why."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            yield path, f"{value} is not a number"
        elif len(value.as_tuple().digits) > MOST_DIGITS or abs(value.adjusted()) > MOST_DIGITS:
            yield path, f"the number has more than {MOST_DIGITS} digits"
    elif isinstance(value, int):
        if abs(value) > MOST_WHOLE:
            yield path, f"the number is beyond {MOST_WHOLE}"
    elif isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            yield path, f"the text is longer than {LONGEST_TEXT} characters"
        elif not _is_plain(value):
            yield path, "the text holds a zero character or half of a surrogate pair"
    elif isinstance(value, date | datetime):
        if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            yield path, f"{value.isoformat()} is not within {EARLIEST_YEAR} to {LATEST_YEAR}"
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from unlikely(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from unlikely(item, f"{path}[{at}]")


def plainly(text: str) -> str:
    """A text that can be stored and shown, with what cannot be written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def _is_plain(text: str) -> bool:
    return (text.isascii() and "\x00" not in text) or plainly(text) == text


def _type_at(type_: inspect.Type, path: str) -> inspect.Type:
    """The type at a path of field names and indices; the last one known where it ends."""
    for step in _step.finditer(path):
        type_ = _given(type_)
        if isinstance(type_, inspect.StructType):
            field = next((each for each in type_.fields if each.name == step.group(1)), None)
            if field is None:
                return type_
            type_ = field.type
        elif isinstance(type_, inspect.VarTupleType):
            type_ = type_.item_type
    return _given(type_)


def _given(type_: inspect.Type) -> inspect.Type:
    """A type that may be None, without the None."""
    if isinstance(type_, inspect.UnionType):
        return next(each for each in type_.types if not isinstance(each, inspect.NoneType))
    return type_


def _field_meant(what: str, struct: inspect.StructType) -> str:
    """The field a struct's own check complains about; it names it first: `pieces is -1; ...`.

    A weight or distance speaks of itself; what is wrong is its value.
    """
    names = [field.encode_name for field in struct.fields]
    if (first := what.split(maxsplit=1)[0]) in names:
        return first
    return "value" if "value" in names and first in ("weight", "distance") else ""


def _names(type_: inspect.Type) -> tuple[str, ...]:
    if isinstance(type_, inspect.EnumType):
        return tuple(str(member.value) for member in type_.cls)
    if isinstance(type_, inspect.StructType):
        return tuple(field.encode_name for field in type_.fields)
    return _NAMES.get(type(type_), ())


_NAMES: dict[type, tuple[str, ...]] = {
    inspect.DecimalType: ('a number written as text: "12.50"',),
    inspect.DateTimeType: ("2026-03-02T14:05:00-06:00, with its offset",),
    inspect.DateType: ("2026-03-02",),
    inspect.StrType: ("a text",),
    inspect.IntType: ("a whole number",),
    inspect.BoolType: ("true, false",),
}
