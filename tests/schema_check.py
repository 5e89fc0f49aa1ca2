"""As much of JSON Schema (draft 7) as our own schemas use; an unknown keyword is an error."""

import re
from typing import Any

KNOWN = {
    "$schema", "title", "description", "definitions", "$ref", "type", "enum", "const", "pattern",
    "properties", "additionalProperties", "propertyNames", "required", "items", "minItems",
    "anyOf", "oneOf", "allOf", "not", "if", "then",
}  # fmt: skip
PYTHON: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def fits(value: Any, schema: Any, root: Any = None) -> bool:
    """Whether the value is what the schema allows."""
    root = root or schema
    if isinstance(schema, bool):
        return schema
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return fits(value, root["definitions"][name], root)
    return (
        _is_typed(value, schema)
        and _is_shaped(value, schema, root)
        and _joined(value, schema, root)
    )


def _is_typed(value: Any, schema: Any) -> bool:
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return (
        (not kinds or any(isinstance(value, PYTHON[kind]) for kind in kinds))
        and ("enum" not in schema or value in schema["enum"])
        and ("const" not in schema or value == schema["const"])
        and not (
            isinstance(value, str)
            and "pattern" in schema
            and re.search(schema["pattern"], value) is None
        )
    )


def _is_shaped(value: Any, schema: Any, root: Any) -> bool:
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(
            fits(each, schema.get("items", True), root) for each in value
        )
    if not isinstance(value, dict):
        return True
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    return (
        set(schema.get("required", ())) <= value.keys()
        and all(fits(each, schema.get("propertyNames", True), root) for each in value)
        and all(fits(each, properties.get(key, others), root) for key, each in value.items())
    )


def _joined(value: Any, schema: Any, root: Any) -> bool:
    def count(key: str) -> int:
        return sum(fits(value, each, root) for each in schema[key])

    return (
        ("anyOf" not in schema or count("anyOf") > 0)
        and ("oneOf" not in schema or count("oneOf") == 1)
        and ("allOf" not in schema or count("allOf") == len(schema["allOf"]))
        and ("not" not in schema or not fits(value, schema["not"], root))
        and (
            "if" not in schema
            or not fits(value, schema["if"], root)
            or fits(value, schema["then"], root)
        )
    )
