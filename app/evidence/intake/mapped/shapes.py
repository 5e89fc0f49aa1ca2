"""The fields of an entity, filled from a row or item as the entity's own types say."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from app.errors import Place
from app.evidence.facts.money import CostLine
from app.evidence.intake.explained import explained
from app.evidence.intake.mapped.model import Entries, Field, Group, Value
from app.evidence.intake.mapped.records import Record
from app.evidence.intake.mapped.values import MISSING, UNMAPPED, Reading, many, one, place_of, shown
from app.measures import Distance, Weight
from app.money import Money

MEASURES = (Money, Weight, Distance)
"""Structs written as one value with its unit; every other is a group of fields."""

Fields = Mapping[str, Field]


@cache
def declared(struct: type[msgspec.Struct]) -> inspect.StructType:
    """What a struct says of its fields."""
    found = inspect.type_info(struct)
    assert isinstance(found, inspect.StructType), f"{struct.__name__} is a struct"
    return found


def given_type(type_: inspect.Type) -> inspect.Type:
    """A type that may be None, without the None."""
    if isinstance(type_, inspect.UnionType):
        return next(each for each in type_.types if not isinstance(each, inspect.NoneType))
    return type_


def may_be_unmapped(struct: inspect.StructType, field: inspect.Field) -> bool:
    """Whether the field has a word for a code that is on no map."""
    type_ = given_type(field.type)
    if isinstance(type_, inspect.EnumType):
        return any(member.value == UNMAPPED for member in type_.cls)
    return struct.cls is CostLine and field.name == "charge"


def filled(
    reading: Reading, record: Record, fields: Fields, struct: type[msgspec.Struct], thing: str
) -> Any:
    """The struct, or None where something is wrong with it and was noted."""
    values = _values(reading, record, fields, declared(struct), thing)
    if reading.is_wrong:
        return None
    try:
        return msgspec.convert(values, struct)
    except (msgspec.ValidationError, OverflowError) as error:
        problem = explained(error, struct)
        place = _place(record, fields, problem.path)
        reading.wrong(place, f"{thing}{problem.path}: {problem.what}", problem.allowed)
        return None


def _values(
    reading: Reading, record: Record, fields: Fields, struct: inspect.StructType, thing: str
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in struct.fields:
        said = fields.get(field.name)
        if said is None:
            continue
        before = reading.problems
        made = _field(reading, record, said, struct, field)
        if made is not MISSING:
            values[field.name] = made
        elif field.required and reading.problems == before:
            of = f": {shown(said)} is not given" if isinstance(said, Value) else ""
            place = place_of(said, record) if isinstance(said, Value) else record.place()
            reading.missing(place, f"the {thing} has no {field.name}{of}")
    return values


def _field(
    reading: Reading, record: Record, said: Field, struct: inspect.StructType, field: inspect.Field
) -> Any:
    type_ = given_type(field.type)
    unmapped = may_be_unmapped(struct, field)
    match said:
        case Value() if isinstance(type_, inspect.VarTupleType):
            return many(reading, record, said, given_type(type_.item_type), unmapped=unmapped)
        case Value():
            return one(reading, record, said, type_, unmapped=unmapped)
        case Group():
            assert isinstance(type_, inspect.StructType), f"{field.name} is a group of fields"
            found = _values(reading, record, said.fields, type_, field.name)
            return found or MISSING
        case Entries():
            return list(_entries(reading, record, said, type_, field.name))


def _entries(
    reading: Reading, record: Record, said: Entries, type_: inspect.Type, name: str
) -> Iterable[dict[str, Any]]:
    assert isinstance(type_, inspect.VarTupleType), f"{name} is a list"
    item = given_type(type_.item_type)
    assert isinstance(item, inspect.StructType), f"{name} is a list of structs"
    for entry in said.entries:
        for each in record.within(entry.each) if entry.each else (record,):
            if reading.holds(entry.when, each):
                yield _values(reading, each, entry.fields, item, f"entry of {name}")


def _place(record: Record, fields: Fields, path: str) -> Place:
    """Where the value stands that a field of the entity was made of."""
    said: Field | None = None
    for name in path.lstrip(".").split("."):
        below = fields.get(name.partition("[")[0])
        if below is None:
            break
        said = below
        fields = below.fields if isinstance(below, Group) else {}
    return place_of(said, record) if isinstance(said, Value) else record.place()
