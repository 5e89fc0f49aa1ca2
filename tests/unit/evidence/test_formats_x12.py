"""Every X12 set that is read, against a sample whose facts were derived by hand."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from app.evidence.facts.fact import Fact
from app.evidence.intake.received import Received
from app.evidence.intake.x12.sets import MAPPERS
from tests.unit.evidence.intake.made_up import PROFILES, ROOT, read_all, standard_with

CASES = ROOT / "tests" / "cases" / "formats"
SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "x12"
BESIDE = "shared/"
Entry = dict[str, Any]


class _TextOnly(yaml.CSafeLoader):
    """Reads dates and numbers as the texts they are written as."""


_TextOnly.yaml_implicit_resolvers = {}
TABLE: list[Entry] = yaml.load((CASES / "x12.yaml").read_text("utf-8"), _TextOnly)


def sample(entry: Entry) -> bytes:
    name: str = entry["sample"]
    if not name.startswith(BESIDE):
        return (CASES / name).read_bytes()
    if not SHARED.is_dir():
        pytest.skip("the folder of real messages, ../shared/data, is not here")
    return (SHARED / name.removeprefix(BESIDE)).read_bytes()


def told(fact: Fact) -> Entry:
    said = {**msgspec.to_builtins(fact.said)}
    entity = said.pop("entity")
    return {
        "entity": entity,
        "system": fact.source.system,
        "classifier": str(fact.classifier),
        "occurred_at": fact.occurred_at.isoformat(),
        "said": msgspec.json.decode(msgspec.json.encode(said)),
        "references": [str(each) for each in fact.references],
    }


def faults(received: tuple[Received, ...]) -> Counter[str]:
    return Counter(fault.code for each in received for fault in each.faults)


def entries() -> list[Any]:
    return [
        pytest.param(entry, id=f"{entry['set']}-{Path(entry['sample']).stem}") for entry in TABLE
    ]


@pytest.mark.parametrize("entry", entries())
def test_a_sample_becomes_exactly_the_facts_of_the_table(entry: Entry) -> None:
    received = read_all(sample(entry), PROFILES)
    assert {each.message.kind for each in received} == {entry["set"]}
    assert [told(fact) for each in received for fact in each.facts] == entry["facts"]
    assert faults(received) == Counter(entry["faults"])


@pytest.mark.parametrize("entry", [entry for entry in TABLE if "refused if strict" in entry])
def test_what_is_only_a_finding_for_everybody_refuses_a_strict_partner(entry: Entry) -> None:
    (received,) = read_all(sample(entry), standard_with(strict=True))
    assert received.refused
    assert received.facts == ()
    assert [fault.code for fault in received.faults if fault.refused] == ["SEGMENT_COUNT_WRONG"]


def test_every_set_that_is_read_stands_in_the_table() -> None:
    assert {entry["set"] for entry in TABLE} == set(MAPPERS)
