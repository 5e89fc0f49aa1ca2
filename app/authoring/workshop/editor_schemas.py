"""JSON Schemas of the files that finance writes, made from glossary, catalogue and rules.

With them an editor completes names, holds and values and marks what the product would refuse.
They are a help while typing; what counts is `tollgate rules check`.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from app.authoring.files.derived_files import HOW
from app.authoring.files.provisional_terms import BILLS, BILLS_PATTERN, DAYS_PATTERN, ON_EXPIRY
from app.authoring.files.rule_documents import BEGINNINGS
from app.authoring.workshop.case_files import VERDICTS, RuleCase
from app.authoring.workshop.partner_schemas import feeds_schema, mappings_schema
from app.authoring.workshop.value_schemas import (
    TEXT,
    YES_NO,
    condition_schema,
    listed,
    money_schema,
    one_of,
    value_schema,
)
from app.judgement.rulebook.model import HoldKind, Name, RulePack, ValueType

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
EFFECTIVE: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\d (onwards|until \d{4}-\d\d-\d\d)$",
    "description": "2026-01-01 onwards, or 2026-01-01 until 2026-12-31",
}
EDITION_BY = one_of(("as-of", "service date"))


def schemas_of(packs: Collection[RulePack], cases: Collection[RuleCase]) -> dict[str, str]:
    """File name to schema text, one for each kind of file."""
    names = names_of(packs)
    holds = {hold.code: hold for pack in packs for hold in pack.holds}
    ids = sorted({rule.rule_id for pack in packs for rule in pack.rules})
    ordinary = sorted({case.started_from for case in cases})
    made = {
        "rules.schema.json": _rules(names, holds.values()),
        "cases.schema.json": _cases(names, holds, ids, ordinary),
        "glossary.schema.json": _glossary(),
        "holds.schema.json": _holds(),
        "feeds.schema.json": feeds_schema(),
        "mappings.schema.json": mappings_schema(),
    }
    return {
        file: json.dumps({"$schema": DRAFT, **schema}, indent=1, ensure_ascii=False) + "\n"
        for file, schema in made.items()
    }


def names_of(packs: Iterable[RulePack]) -> dict[str, dict[str, Name]]:
    """Every name a rule may use, by the kind of thing it is of, derived ones too."""
    found: dict[str, dict[str, Name]] = {"unit": {}}
    for pack in packs:
        for name in pack.glossary:
            if not name.personal:
                found.setdefault(name.entity, {})[name.name] = name
        for each in pack.derived:
            found.setdefault(each.entity, {}).setdefault(
                each.name,
                Name(
                    entity=each.entity,
                    name=each.name,
                    value_type=each.value_type,
                    says=each.says,
                    source="derived",
                ),
            )
    return found


def _map(properties: Schema, required: Iterable[str] = (), **more: Any) -> Schema:
    made = {"type": "object", "properties": properties, "additionalProperties": False, **more}
    return {**made, "required": list(required)} if required else made


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _rules(names: dict[str, dict[str, Name]], holds: Collection[HoldKind]) -> Schema:
    documents = {
        "checklist": _checklist(),
        "release": _permission("release", {}),
        "no bill": _permission("no bill", {}),
        "provisional": _permission("provisional", _provisional(holds), _amount_billed()),
        "derive": _derivation(names),
    }
    conditions = {
        f"conditions of {entity}": _map(
            {name.name: condition_schema(name, own, names["unit"]) for name in own.values()}
        )
        for entity, own in names.items()
    }
    always = {name.name: name for name in names["unit"].values() if name.always}
    conditions["applies to"] = {
        "anyOf": [
            {"const": "every unit"},
            _map({name: condition_schema(always[name], always, always) for name in always}),
        ]
    }
    return {
        "title": "Rules: one document for each checklist, permission or derived name",
        "type": "object",
        "anyOf": [{"required": [word]} for word in BEGINNINGS],
        "allOf": [
            {"if": {"required": [word]}, "then": _ref(f"{word} document")} for word in documents
        ],
        "definitions": {
            **conditions,
            **{f"{word} document": schema for word, schema in documents.items()},
            "requirement": _entry(names, _outcome(holds)),
            "pattern": _entry(names, {}),
        },
    }


def _checklist() -> Schema:
    return _map(
        {
            "checklist": TEXT,
            "applies to": _ref("applies to"),
            "effective": EFFECTIVE,
            "edition by": EDITION_BY,
            "owner": TEXT,
            "require": {"type": "array", "minItems": 1, "items": _ref("requirement")},
        },
        ("checklist", "applies to", "effective", "owner", "require"),
    )


def _permission(word: str, more: Schema, optional: Schema | None = None) -> Schema:
    return _map(
        {
            word: TEXT,
            "id": TEXT,
            "applies to": _ref("applies to"),
            "effective": EFFECTIVE,
            "edition by": EDITION_BY,
            "owner": TEXT,
            "when": {"type": "array", "minItems": 1, "items": _ref("pattern")},
            "say": TEXT,
            **more,
            **(optional or {}),
        },
        (word, "id", "applies to", "effective", "owner", "when", "say", *more),
    )


def _provisional(holds: Iterable[HoldKind]) -> Schema:
    return {
        "waives": listed(one_of(sorted(hold.code for hold in holds if hold.waivable))),
        "up to": money_schema(),
        "exposure up to": money_schema(),
        "expires after": {"type": "string", "pattern": DAYS_PATTERN},
        "on expiry": one_of(ON_EXPIRY),
    }


def _amount_billed() -> Schema:
    """What a provisional bills, where it is not the whole estimate, and its further limits."""
    return {
        "bills": {"type": "string", "pattern": BILLS_PATTERN, "description": ", ".join(BILLS)},
        "not to exceed": money_schema(),
        "no older open than": {"type": "string", "pattern": DAYS_PATTERN},
    }


def _outcome(holds: Iterable[HoldKind]) -> Schema:
    codes = sorted(hold.code for hold in holds if not hold.by_service)
    outcomes = [f"{words} {code}" for words in ("hold", "hold the line") for code in codes]
    return {"id": TEXT, "otherwise": one_of(outcomes), "say": TEXT, "ask": TEXT}


def _entry(names: dict[str, dict[str, Name]], outcome: Schema) -> Schema:
    """A requirement or a pattern: what must be found, its exceptions, and what follows."""
    patterns = {"shipment": _ref("conditions of unit"), "unit": _ref("conditions of unit")}
    every: list[tuple[str, str]] = []
    for entity in sorted(names.keys() - {"unit"}):
        for thing in dict.fromkeys((entity.replace("_", " "), entity)):
            for word in ("a", "an", "no", "every"):
                patterns[f"{word} {thing}"] = _ref(f"conditions of {entity}")
            every.append((f"every {thing}", entity))
    excepts = [
        {
            "if": {"required": [key]},
            "then": {"properties": {"unless": _ref(f"conditions of {entity}")}},
        }
        for key, entity in every
    ]
    of_unit = {
        "if": {"not": {"anyOf": [{"required": [key]} for key, _ in every]}},
        "then": {"properties": {"unless": _ref("conditions of unit")}},
    }
    unless = {"unless": {"type": "object"}, "unless unit": _ref("conditions of unit")}
    return _map(
        {**patterns, **(unless if outcome else {"unless": unless["unless"]}), **outcome},
        [key for key in outcome if key != "ask"],
        anyOf=[{"required": [key]} for key in patterns],
        allOf=[*excepts, of_unit],
    )


def _derivation(names: dict[str, dict[str, Name]]) -> Schema:
    kinds = sorted(names.keys() - {"unit"})
    things = one_of(sorted({*kinds, *(each.replace("_", " ") for each in kinds)}))
    return _map(
        {
            "derive": {"type": "string", "pattern": r"^\w+$"},
            "of": {"anyOf": [things, {"const": "unit"}]},
            "is": one_of([each.value for each in ValueType]),
            "allowed": listed(TEXT),
            "says": TEXT,
            "owner": TEXT,
            "effective": EFFECTIVE,
            "value": TEXT,
            "when": {"type": "object"},
            "count": things,
            "sum": TEXT,
            "over": things,
            "where": {"type": "object"},
            "look up": TEXT,
            "by": {"anyOf": [listed(TEXT), {"type": "object"}]},
            "take": TEXT,
        },
        ("derive", "is", "says", "owner", "effective"),
        oneOf=[{"required": [word]} for word in HOW],
    )


def _cases(
    names: dict[str, dict[str, Name]],
    holds: Iterable[str],
    ids: list[str],
    ordinary: list[str],
) -> Schema:
    glossary = {
        entity: {n: name for n, name in own.items() if name.source != "derived"}
        for entity, own in names.items()
    }
    values = {
        entity: _map({name.name: value_schema(name) for name in own.values()})
        for entity, own in glossary.items()
    }
    items = _map(
        {kind: {"type": "array", "items": values[kind]} for kind in values if kind != "unit"}
    )
    return {
        "title": "Cases: one document for each case or ordinary unit",
        **_map(
            {
                "case": TEXT,
                "ordinary": TEXT,
                "from": one_of(ordinary),
                "unit": values["unit"],
                "but": values["unit"],
                "items": items,
                "fires": listed(one_of(ids)),
                "verdict": one_of(VERDICTS),
                "boundary of": listed(one_of(sorted(holds))),
            },
            ("fires", "verdict"),
            oneOf=[{"required": ["case", "from"]}, {"required": ["ordinary", "unit", "items"]}],
        ),
    }


def _glossary() -> Schema:
    name = _map(
        {
            "type": one_of([each.value for each in ValueType]),
            "says": TEXT,
            "from": TEXT,
            "unit": TEXT,
            "allowed": listed(TEXT),
            "always": YES_NO,
            "personal": YES_NO,
        },
        ("type", "says", "from"),
    )
    return {
        "title": "Glossary: every name a rule may use, by the kind of thing it is of",
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": name},
    }


def _holds() -> Schema:
    hold = _map(
        {
            "says": TEXT,
            "owner": TEXT,
            "waits for": TEXT,
            "way out": TEXT,
            "due hours": {"type": ["integer", "string"], "pattern": r"^\d+$"},
            "waivable": YES_NO,
            "severity": one_of(("block", "warn")),
            "placed by the service": YES_NO,
        },
        ("says", "owner", "waits for", "way out", "due hours", "waivable"),
    )
    return {
        "title": "Holds: the closed catalogue",
        "type": "object",
        "propertyNames": {"pattern": "^[A-Z][A-Z_]*$"},
        "additionalProperties": hold,
    }
