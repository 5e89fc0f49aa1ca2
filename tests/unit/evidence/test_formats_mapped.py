"""The format table: what each format's sample says, to the last field.

The expected values in `tests/cases/formats/mapped.yaml` are derived by hand from the samples;
each says which field it is from.
"""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from app.evidence.correlation.in_force import in_force
from app.evidence.facts.fact import Fact
from app.evidence.intake.received import Received
from tests.unit.evidence.mapped_samples import (
    FORMATS,
    PROFILES,
    SHIPPED,
    facts_in,
    feed_named,
    read_sample,
)

TABLE: list[dict[str, Any]] = yaml.load(
    (FORMATS / "mapped.yaml").read_text("utf-8"), yaml.CSafeLoader
)
NAMES = [f"{entry['mapping']}: {entry['sample']}" for entry in TABLE]
ELSEWHERE = re.compile(r"message (\d+) of (\S+)")
EPCIS = "shared:events/epcis2_Example_9.6.1-ObjectEvent.jsonld"
DECLARED = "shared:events/epcis_Example_9.6.1-ObjectEvent-with-error-declaration.jsonld"


def told(fact: Fact) -> dict[str, Any]:
    """Everything a fact says, without whose it is and what follows from its content."""
    built = msgspec.json.decode(msgspec.json.encode(fact))
    said = {key: value for key, value in built["said"].items() if key != "entity"}
    return {
        fact.entity: said,
        "classifier": built["classifier"],
        "quality": built["quality"],
        "occurred_at": fact.occurred_at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "revision": fact.revision,
        "references": [str(each) for each in fact.references],
        "remarks": [remark.code for remark in fact.remarks],
    }


def expected(fact: dict[str, Any], feed: str) -> dict[str, Any]:
    """A fact of the table with what it leaves unsaid."""
    unsaid = {
        "classifier": "actual",
        "quality": "api",
        "recorded_at": fact["occurred_at"],
        "revision": 0,
        "references": [],
        "remarks": [],
    }
    made: dict[str, Any] = _resolved({**unsaid, **fact}, feed)
    return made


def _resolved(value: Any, feed: str) -> Any:
    """`message 0 of SAMPLE` is the id of that message, which is a digest."""
    if isinstance(value, dict):
        return {key: _resolved(each, feed) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, feed) for each in value]
    if isinstance(value, str) and (found := ELSEWHERE.search(value)):
        message = read_sample(found[2], feed)[int(found[1])]
        return ELSEWHERE.sub(message.facts[0].source.message_id, value)
    return value


def outcome(received: Received) -> dict[str, Any]:
    """One message as the table writes it."""
    if received.refused:
        wrong = (fault for fault in received.faults if fault.refused)
        return {"refused": [f"{fault.place}: {fault.detail}" for fault in wrong]}
    return {"facts": [told(fact) for fact in received.facts]}


@pytest.mark.parametrize("entry", TABLE, ids=NAMES)
def test_each_sample_says_exactly_what_the_table_says(entry: dict[str, Any]) -> None:
    feed = feed_named(entry["feed"])
    partner, name = entry["mapping"].split("/")
    found = PROFILES.mapping(feed.partner, feed.mapping)
    assert found is not None
    assert (found.partner, found.name) == (partner, name)
    wanted = [
        {"facts": [expected(fact, entry["feed"]) for fact in message["facts"]]}
        if "facts" in message
        else message
        for message in entry["messages"]
    ]
    assert [outcome(each) for each in read_sample(entry["sample"], entry["feed"])] == wanted


def test_every_shipped_mapping_is_in_the_table() -> None:
    shipped = {
        f"{file.parent.parent.name}/{file.stem}"
        for folder in SHIPPED
        for file in Path(folder).glob("*/mappings/*.yaml")
    }
    assert shipped == {entry["mapping"] for entry in TABLE}


@pytest.mark.parametrize("entry", TABLE, ids=NAMES)
def test_the_same_sample_again_names_the_same_messages_and_facts(entry: dict[str, Any]) -> None:
    once, again = (read_sample(entry["sample"], entry["feed"]) for _ in range(2))
    assert once == again
    facts = facts_in(once)
    assert len({fact.fact_id for fact in facts}) == len(facts)


@pytest.mark.parametrize("declared_first", (False, True))
def test_an_event_declared_in_error_no_longer_counts(declared_first: bool) -> None:
    original, declared = (
        facts_in(read_sample(EPCIS, "epcis")),
        facts_in(read_sample(DECLARED, "epcis")),
    )
    told_in = [*declared, *original] if declared_first else [*original, *declared]
    standing = in_force(told_in)
    steps = [getattr(fact.said, "raw_status", "") for fact in standing]
    assert sorted(steps) == ["", "receiving/in_progress"]


def test_a_retracted_event_no_longer_counts_but_only_for_the_carrier_that_retracts_it() -> None:
    (gate_out,) = facts_in(read_sample("samples/dcsa_gate_out.json", "dcsa"))
    withdrawn, other = facts_in(
        read_sample("shared:events/dcsa_tnt_v3.yaml#transportEventListExample", "dcsa")
    )
    (elsewhere,) = facts_in(
        read_sample("shared:events/dcsa_tnt_v3.yaml#retractedTransportEventExample", "dcsa")
    )
    assert set(in_force((gate_out, withdrawn, other))) == {withdrawn, other}
    assert set(in_force((gate_out, elsewhere))) == {gate_out, elsewhere}
