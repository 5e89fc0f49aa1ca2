"""JSON Schemas of feeds and mapping files, made from what feeds, facts and mappings declare."""

from collections.abc import Iterable
from typing import Any

from msgspec import inspect

from app.authoring.files.feed_files import BY_PLACE, SIGNATURES
from app.authoring.files.mapping_files import KINDS
from app.authoring.files.mapping_layouts import CODECS
from app.authoring.files.mapping_values import names_of, struct_of, words_of
from app.authoring.workshop.value_schemas import TEXT, YES_NO, Schema, listed, one_of
from app.evidence.facts.fact import Classifier, Quality
from app.evidence.intake.canonical import ENTITIES
from app.evidence.intake.feed import Feed
from app.evidence.intake.mapped.reading import READ_BY_MAPPING
from app.evidence.intake.mapped.shapes import declared, given_type

WHOLE: Schema = {"type": ["integer", "string"], "pattern": r"^\d+$"}
CONDITIONS: Schema = {"$ref": "#/definitions/conditions"}
VALUE: Schema = {"$ref": "#/definitions/value"}
NAMES = "^[a-z0-9][a-z0-9_-]*$"


def feeds_schema() -> Schema:
    """Of `feeds.yaml`."""
    fields = [field for field in declared(Feed).fields if field.name not in BY_PLACE]
    feed = _map(
        {field.name: _plain(field) for field in fields},
        [field.name for field in fields if field.required],
    )
    feed["properties"]["signature"] = one_of(SIGNATURES)
    feeds = {"type": "object", "propertyNames": {"pattern": NAMES}, "additionalProperties": feed}
    return {"title": "Feeds of a partner", **_map({"partner": TEXT, "feeds": feeds}, ["feeds"])}


def _plain(field: inspect.Field) -> Schema:
    type_ = given_type(field.type)
    if words := words_of(type_):
        return one_of(words)
    return WHOLE if isinstance(type_, inspect.IntType) else TEXT


def mappings_schema() -> Schema:
    """Of `mappings/*.yaml`."""
    message = _message()
    properties = {
        "mapping": TEXT,
        "format": one_of(READ_BY_MAPPING),
        "version": TEXT,
        **_layouts(),
        "codes": {"type": "object", "additionalProperties": _codes()},
        "ignore_documents": listed(CONDITIONS),
        **message,
        "messages": {"type": "array", "minItems": 1, "items": _map(message, ["facts"])},
    }
    return {
        "title": "Mapping: how a partner's files become facts",
        **_map(properties, ["format", "version"]),
        "definitions": {
            "value": _value(),
            "condition": _condition(),
            "conditions": listed({"$ref": "#/definitions/condition"}),
            **{f"fields of {name}": _fields(declared(kind)) for name, kind in ENTITIES.items()},
        },
    }


def _message() -> Schema:
    return {
        "each": listed(TEXT),
        "ignore": listed(CONDITIONS),
        "message_id": listed(VALUE),
        "instance": VALUE,
        "facts": {"type": "array", "minItems": 1, "items": _fact()},
    }


def _fact() -> Schema:
    number = _map(
        {
            "each": TEXT,
            "when": CONDITIONS,
            "kind": {"anyOf": [one_of(KINDS), {"type": "object"}]},
            "number": VALUE,
            "issuer": VALUE,
        },
        ["kind", "number"],
    )
    fact = _map(
        {
            "entity": one_of(ENTITIES),
            "each": TEXT,
            "when": CONDITIONS,
            "classifier": {"anyOf": [one_of(Classifier), {"type": "object"}]},
            "quality": one_of(Quality),
            "occurred_at": VALUE,
            "recorded_at": VALUE,
            "revision": VALUE,
            "fields": {"type": "object"},
            "references": listed(number),
        },
        ["entity", "occurred_at", "recorded_at", "fields"],
    )
    fact["allOf"] = [
        {
            "if": {"properties": {"entity": {"const": name}}},
            "then": {"properties": {"fields": {"$ref": f"#/definitions/fields of {name}"}}},
        }
        for name in ENTITIES
    ]
    return fact


def _fields(struct: inspect.StructType) -> Schema:
    names = names_of(struct)
    required = [name for name, field in names.items() if field.required]
    return _map({name: _field(field) for name, field in names.items()}, required)


def _field(field: inspect.Field) -> Schema:
    type_ = given_type(field.type)
    if struct := struct_of(type_):
        return _fields(struct)
    if isinstance(type_, inspect.VarTupleType) and (struct := struct_of(type_.item_type)):
        entry = _fields(struct)
        return listed({**entry, "properties": {**entry["properties"], **ASIDE}})
    if words := words_of(type_):
        return {"anyOf": [one_of(words), VALUE]}
    return VALUE


ASIDE: Schema = {"each": TEXT, "when": CONDITIONS}


def _value() -> Schema:
    texts = (
        "joined_by prefix split_at after map zone zone_from offset_from region_from country_from"
    )
    made = _map(
        {
            "from": listed(TEXT),
            "first_of": listed(TEXT),
            "is": TEXT,
            "take": one_of(("first", "last")),
            "needed": YES_NO,
            "row_digest": YES_NO,
            "without": listed(TEXT),
            "implied_decimals": WHOLE,
            "written": listed(TEXT),
            **dict.fromkeys(texts.split(), TEXT),
            **dict.fromkeys(("unit", "measured_by", "currency"), VALUE),
        }
    )
    return {"anyOf": [TEXT, made]}


def _condition() -> Schema:
    texts = listed({"type": ["string", "number"]})
    made = _map({"from": TEXT, "is": texts, "not": texts, "known": YES_NO}, ["from"])
    return {**made, "oneOf": [{"required": [word]} for word in ("is", "not", "known")]}


def _codes() -> Schema:
    words = {"type": "object", "additionalProperties": TEXT}
    return _map({"version": TEXT, "words": words}, ["version", "words"])


def _layouts() -> Schema:
    column = _map({"start": WHOLE, "length": WHOLE}, ["start", "length"])
    columns = {"type": "object", "additionalProperties": column}
    encoding = one_of(CODECS)
    return {
        "csv": _map(
            {
                "delimiter": TEXT,
                "quote": TEXT,
                "encoding": encoding,
                "header": WHOLE,
                "columns": listed(TEXT),
            }
        ),
        "fixed_width": _map(
            {"length": WHOLE, "trimmed": YES_NO, "encoding": encoding, "columns": columns},
            ["length", "columns"],
        ),
        "xlsx": _map({"sheet": TEXT, "header": WHOLE}),
        "numbers": _map({"decimal": one_of((".", ",")), "thousands": TEXT}),
        "dates": listed(TEXT),
    }


def _map(properties: Schema, required: Iterable[str] = ()) -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": list(required)} if required else made
