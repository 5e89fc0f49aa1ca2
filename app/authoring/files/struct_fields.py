"""Reads a struct from located YAML by what the struct itself declares.

A key is the field's name with blanks for underscores; `effective: 2026-01-01 onwards`
stands for the two fields of a span of days. So a new field of a model needs no new reader.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from app.authoring.files.located_yaml import Mapping as MapNode
from app.authoring.files.located_yaml import Node, Scalar, Sequence
from app.authoring.files.typed_fields import Fields, Notes, decimal_in, money_in, scalars_in
from app.errors import Place
from app.money import Money

MISSING = object()
"""No value could be read; the mistake was noted."""

Special = Mapping[str, Callable[[Node], Any]]
"""Field name to a reader of its own."""

S = TypeVar("S", bound=msgspec.Struct)


def key_of(field: str) -> str:
    """How a field is written in a file."""
    return field.replace("_", " ")


def read_struct(
    kind: type[S], node: Node, notes: Notes, thing: str, special: Special | None = None
) -> S | None:
    """The struct that the map describes, or None when a mistake was noted."""
    before = len(notes.mistakes)
    fields = Fields(node, notes, thing)
    declared = _declared(kind)
    if declared.tag_field:
        fields.asked.add(declared.tag_field)
    values: dict[str, Any] = {}
    names = {field.name for field in declared.fields}
    if {"effective_from", "effective_before"} <= names:
        values["effective_from"], values["effective_before"] = fields.days("effective")
    for field in declared.fields:
        if field.name not in values:
            value = _field(field, fields, notes, special or {})
            if value is not MISSING:
                values[field.name] = value
    fields.finish()
    return kind(**values) if len(notes.mistakes) == before else None


@cache
def _declared(kind: type[msgspec.Struct]) -> inspect.StructType:
    """What the struct declares; looked up once, as a card has hundreds of them."""
    declared = inspect.type_info(kind)
    assert isinstance(declared, inspect.StructType), f"{kind.__name__} is a struct"
    return declared


def _field(field: inspect.Field, fields: Fields, notes: Notes, special: Special) -> Any:
    """The field's value; MISSING leaves the default to the struct."""
    key = key_of(field.name)
    node = fields.node(key)
    if node is None or (isinstance(node, Scalar) and not node.text.strip()):
        if field.required:
            notes.add(fields.place, f"the {fields.thing} has no `{key}`")
        return MISSING
    if field.name in special:
        return special[field.name](node)
    return read_value(field.type, node, notes, key)


def read_value(kind: inspect.Type, node: Node, notes: Notes, thing: str) -> Any:
    """A node as the declared type; a default of the type where a mistake was noted."""
    match kind:
        case inspect.UnionType(types):
            real = next(each for each in types if not isinstance(each, inspect.NoneType))
            return read_value(real, node, notes, thing)
        case inspect.VarTupleType(inspect.StructType(cls)) if cls is not Money:
            return _listed(cls, node, notes, thing)
        case inspect.VarTupleType(item):
            return tuple(
                read_value(item, scalar, notes, thing) for scalar in scalars_in(node, notes)
            )
        case inspect.DictType(_, value):
            return _by_name(value, node, notes, thing)
        case inspect.StructType(cls) if cls is not Money:
            return read_struct(cls, node, notes, thing)
        case _ if isinstance(node, Scalar):
            return read_scalar(kind, node, notes, thing)
        case _:
            notes.add(node.place, f"`{thing}` needs one value")
            return MISSING


def _listed(kind: type[S], node: Node, notes: Notes, thing: str) -> tuple[S, ...]:
    """A list of maps as structs; what cannot be read was noted and is left out."""
    if not isinstance(node, Sequence):
        notes.add(node.place, f"`{thing}` is a list, each entry beginning with `- `")
        return ()
    read = (read_struct(kind, item, notes, f"entry of `{thing}`") for item in node.items)
    return tuple(each for each in read if each is not None)


def read_scalar(kind: inspect.Type, scalar: Scalar, notes: Notes, thing: str) -> Any:
    """One text as the declared type."""
    text = scalar.text.strip()
    match kind:
        case inspect.UnionType(types):
            real = next(each for each in types if not isinstance(each, inspect.NoneType))
            return read_scalar(real, scalar, notes, thing)
        case inspect.StrType():
            return text
        case inspect.DecimalType():
            return decimal_in(scalar, notes)
        case inspect.IntType():
            return _whole(scalar, notes)
        case inspect.BoolType():
            return _one_of({"yes": True, "no": False}, scalar, notes, thing)
        case inspect.DateType():
            return _day(scalar, notes)
        case inspect.LiteralType(values):
            return _one_of({str(value): value for value in values if value}, scalar, notes, thing)
        case inspect.EnumType(cls):
            return _one_of({str(each.value): each for each in cls}, scalar, notes, thing)
        case inspect.StructType(cls) if cls is Money:
            return money_in(scalar, notes)
        case _:
            raise AssertionError(f"no file says how {kind} is written")


def _one_of(allowed: Mapping[str, Any], scalar: Scalar, notes: Notes, thing: str) -> Any:
    if scalar.text.strip() not in allowed:
        notes.wrong_word(scalar, thing, tuple(allowed))
        return MISSING
    return allowed[scalar.text.strip()]


def _whole(scalar: Scalar, notes: Notes) -> int:
    if not scalar.text.isdecimal():
        notes.add(scalar.place, f"{scalar.text!r} is not a whole number", "0, 1, 2, ...")
        return 0
    return int(scalar.text)


def _day(scalar: Scalar, notes: Notes) -> date:
    try:
        return date.fromisoformat(scalar.text.strip())
    except ValueError:
        notes.add(scalar.place, f"{scalar.text!r} is not a day", "for example 2026-01-01")
        return date.min


def _by_name(kind: inspect.Type, node: Node, notes: Notes, thing: str) -> dict[str, Any]:
    """`name: value` lines; what has no readable value was noted and is left out."""
    if not isinstance(node, MapNode):
        what = "number" if isinstance(kind, inspect.DecimalType) else "value"
        notes.add(node.place, f"`{thing}` is written as `name: {what}` lines")
        return {}
    read = {
        name.text: read_value(kind, value, notes, f"{thing} {name.text}")
        for name, value in node.entries
    }
    return {name: value for name, value in read.items() if value not in (MISSING, None)}


def place_of(node: Node, *path: str) -> Place:
    """Where the value stands that the keys lead to, as far as they lead."""
    for key in path:
        below = node.get(key) if isinstance(node, MapNode) else None
        if below is None:
            return node.place
        node = below
    return node.place
