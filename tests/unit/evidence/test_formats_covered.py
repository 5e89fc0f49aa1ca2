"""The tables of formats together leave out none that the README names, read or written."""

from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from app.evidence.facts.fact import Fact
from app.evidence.intake.feed import Format
from app.evidence.intake.x12.sets import MAPPERS
from tests.unit.evidence.intake.made_up import ROOT, read_all
from tests.unit.evidence.test_formats_x12 import _TextOnly, told

CASES = ROOT / "tests" / "cases" / "formats"
X12_READ = {
    *("204", "990", "214", "210", "940", "945", "943", "944", "856", "810", "310"),
    *("315", "322"),
}
WEBHOOKS = {"easypost", "fedex", "ups", "dcsa", "epcis"}
TABULAR = {"csv", "xlsx", "fixed_width"}
WRITTEN = {"x12_810", "x12_210", "csv"}


def table(name: str) -> Any:
    return yaml.load((CASES / f"{name}.yaml").read_text("utf-8"), _TextOnly)


EVENTS: list[dict[str, Any]] = table("cloudevents")


def test_every_transaction_set_is_read_and_has_an_entry() -> None:
    assert set(MAPPERS) == X12_READ
    assert {entry["set"] for entry in table("x12")} == X12_READ


def test_every_webhook_and_every_tabular_format_has_an_entry() -> None:
    mappings = {entry["mapping"] for entry in table("mapped")}
    assert {f"standard/{name}" for name in WEBHOOKS} <= mappings
    formats = {_format_of(name) for name in mappings}
    assert {*TABULAR, "json"} <= formats
    assert {str(each) for each in Format} == {*formats, "x12", "edifact", "cloudevents"}


def _format_of(mapping: str) -> str:
    partner, name = mapping.split("/")
    shipped = ROOT / "rules" / "partners" / partner / "mappings" / f"{name}.yaml"
    file = shipped if shipped.exists() else CASES / "partners" / partner / "mappings" / shipped.name
    return str(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)["format"])


def test_edifact_and_our_own_events_have_entries() -> None:
    assert len(table("edifact")) >= 2
    assert len(EVENTS) >= 2


def test_every_form_that_is_written_has_an_entry_with_its_bytes() -> None:
    cases = table("written")["cases"]
    assert {each["form"] for each in cases} == WRITTEN
    assert all(each["bytes"] for each in cases)


@pytest.mark.parametrize("entry", EVENTS, ids=[entry["name"] for entry in EVENTS])
def test_our_own_events_say_exactly_these_facts(entry: dict[str, Any]) -> None:
    received = read_all(entry["sample"].encode())
    assert [told(fact) for fact in _facts(each.facts for each in received)] == entry["facts"]
    for each, head in zip(received, entry["heads"], strict=True):
        assert each.message.message_id == head["message_id"]
        assert each.message.correlation_id == head.get("correlation_id", "")
        assert each.message.stream == head.get("stream", each.message.stream)
        assert str(each.message.sequence) == head.get("sequence", "None")
        assert [fault.place.field for fault in each.faults] == (
            [head["refused"]] if "refused" in head else []
        )


def _facts(groups: Iterable[tuple[Fact, ...]]) -> list[Fact]:
    return [fact for group in groups for fact in group]
