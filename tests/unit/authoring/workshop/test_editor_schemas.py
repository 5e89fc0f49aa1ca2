"""The schemas allow every file we ship, and mark what the product would refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.authoring.workshop.editor_schemas import schemas_of
from tests.rule_cases import RULES, packs_we_ship, read_rule_cases
from tests.schema_check import fits

SCHEMAS = {
    name: json.loads(text)
    for name, text in schemas_of(packs_we_ship().values(), read_rule_cases()).items()
}
FILES = [
    *sorted([*RULES.glob("standard/*.yaml"), *RULES.glob("customers/*/*.yaml")]),
    RULES / "glossary.yaml",
    RULES / "holds.yaml",
]
GOOD = """
checklist: Trial
applies to: {mode: LTL, cancelled: no}
effective: 2026-01-01 onwards
owner: finance
require:
  - every charge: {amount: at most 75.00 USD}
    unless: {approved: yes}
    id: TRY-1
    otherwise: hold the line ACCESSORIAL_UNAPPROVED
    say: Trial
  - a document: {document_type: POD, status: [accepted, received]}
    unless: {quoted_total: unknown}
    id: TRY-2
    otherwise: hold POD_MISSING
    say: Trial
"""


def documents(text: str) -> list[Any]:
    return list(yaml.load_all(text, yaml.CBaseLoader))


def schema_for(path: Path) -> Any:
    if path.name.endswith(".cases.yaml"):
        return SCHEMAS["cases.schema.json"]
    return SCHEMAS.get(f"{path.stem}.schema.json", SCHEMAS["rules.schema.json"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(RULES).as_posix())
def test_every_file_we_ship_is_allowed(path: Path) -> None:
    for number, document in enumerate(documents(path.read_text(encoding="utf-8"))):
        assert fits(document, schema_for(path)), f"document {number}: {document}"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("status:", "staus:"),
        ("[accepted, received]", "acepted"),
        ("at most 75.00 USD", "at most five"),
        ("at most 75.00 USD", "above 75.00 USD"),
        ("at most 75.00 USD", "at most 75.00"),
        ("a document", "a dokument"),
        ("hold POD_MISSING", "hold POD_MISING"),
        ("unless: {approved: yes}", "unless: {quoted_total: unknown}"),
        ("unless: {quoted_total: unknown}", "unless: {approved: yes}"),
        ("cancelled: no}", "quoted_total: known}"),
        ("onwards", "on"),
        ("checklist:", "cheklist:"),
        ("    say: Trial\n", ""),
    ],
)
def test_a_mistake_is_marked(good: str, bad: str) -> None:
    schema = SCHEMAS["rules.schema.json"]
    assert all(fits(each, schema) for each in documents(GOOD))
    assert good in GOOD
    assert not all(fits(each, schema) for each in documents(GOOD.replace(good, bad, 1)))


PROVISIONAL = (RULES / "customers/NORTHWIND/provisional.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ("bills: full estimate", True),
        ("bills: 90 % of the estimate", True),
        ("bills: cost plus 12.5%", True),
        ("bills: last known", True),
        ("bills: most of it", False),
        ("bills: 90 %", False),
        ("not to exceed: 1,200.00 USD", True),
        ("not to exceed: 1,200.00", False),
        ("no older open than: 30 days", True),
        ("no older open than: a month", False),
        ("not to exeed: 1,200.00 USD", False),
    ],
)
def test_what_a_provisional_bills_is_completed_and_marked(more: str, *, allowed: bool) -> None:
    (document,) = documents(f"{PROVISIONAL}{more}\n")
    assert fits(document, SCHEMAS["rules.schema.json"]) is allowed
