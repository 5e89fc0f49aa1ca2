"""The schemas of feeds and mappings allow every file we ship, and mark what is refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.authoring.workshop.partner_schemas import feeds_schema, mappings_schema
from tests.schema_check import fits
from tests.unit.evidence.mapped_samples import SHIPPED

FEEDS, MAPPINGS = feeds_schema(), mappings_schema()
FILES = sorted(
    file
    for folder in SHIPPED
    for pattern in ("*/feeds.yaml", "*/mappings/*.yaml")
    for file in folder.glob(pattern)
)
GOOD = """
mapping: moves
format: csv
version: moves-1
facts:
  - entity: milestone
    when: {from: Code, known: yes}
    occurred_at: {from: When, zone: America/Chicago}
    recorded_at: {from: When}
    fields:
      status: {from: Code, map: status}
      place: {city: {from: City}, country: US}
"""


def document(text: str) -> Any:
    return yaml.load(text, yaml.CBaseLoader)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}/{file.name}")
def test_every_file_we_ship_is_allowed(file: Path) -> None:
    schema = FEEDS if file.name == "feeds.yaml" else MAPPINGS
    assert fits(document(file.read_text("utf-8")), schema)


def test_the_example_is_allowed() -> None:
    assert fits(document(GOOD), MAPPINGS)


@pytest.mark.parametrize(
    ("good", "bad"),
    (
        ("format: csv", "format: xml"),
        ("entity: milestone", "entity: mile"),
        ("status: {from", "state: {from"),
        ("city: {from", "town: {from"),
        ("{from: Code, map", "{form: Code, map"),
        ("known: yes", "known: maybe"),
        ("    recorded_at: {from: When}\n", ""),
        ("version: moves-1\n", ""),
    ),
)
def test_what_is_refused_is_marked(good: str, bad: str) -> None:
    assert not fits(document(GOOD.replace(good, bad, 1)), MAPPINGS)


@pytest.mark.parametrize("bad", ("format: cvs", "format: csv, lane: slow", "system: carrier"))
def test_what_is_refused_of_a_feed_is_marked(bad: str) -> None:
    good = "feeds: {status: {format: csv, mapping: moves, system: carrier}}"
    assert fits(document(good), FEEDS)
    assert not fits(document(f"feeds: {{status: {{{bad}}}}}"), FEEDS)
