"""A new copy of a paper stands for what was told of it before, but undoes nothing noted on it."""

from datetime import timedelta
from typing import Any

import pytest

from app.evidence.facts.fact import Fact
from app.evidence.facts.papers import Document, DocumentStatus
from tests.unit.explanation.made_units import (
    DELIVERED,
    LAST_WORD,
    decided,
    editions,
    fuel,
    moved,
    order,
    pod,
    shipment,
    told,
)

LATER = LAST_WORD + timedelta(hours=1)


def copy(at: Any = LATER, system: str = "ops", **more: Any) -> Fact:
    values: dict[str, Any] = {
        "document": "POD-1",
        "document_type": "POD",
        "status": DocumentStatus.ACCEPTED,
        "signed": True,
        "exceptions_noted": False,
        "replaces_earlier": True,
    }
    return told(Document(**(values | more)), at, system)


def verdict(*papers: Fact) -> tuple[str, list[str]]:
    facts = (shipment(), order(), *moved(), *papers)
    _, _, decision = decided(facts, editions("NORTHWIND"), market=fuel())
    return decision.verdict.value, [hold.rule_id for hold in decision.holds]


def test_a_signed_copy_of_an_unsigned_paper_releases_the_unit() -> None:
    assert verdict(pod(signed=False)) == ("hold", ["POD-2"])
    assert verdict(pod(signed=False), copy()) == ("release", [])
    assert verdict(pod(signed=None), copy()) == ("release", [])


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({"signed": False}, ["POD-2"]),
        ({"signed": None}, ["POD-2"]),
        ({"exceptions_noted": True}, ["POD-3"]),
        ({"replaces_earlier": False}, ["POD-2"]),
        ({"document": "POD-2"}, ["POD-2"]),
        ({"document_type": "BOL"}, ["POD-2"]),
        ({"status": DocumentStatus.RECEIVED}, ["POD-2"]),
        ({"system": "carrier"}, ["POD-2"]),
        ({"at": DELIVERED}, ["POD-2"]),
    ],
)
def test_a_copy_that_is_not_clean_or_is_none_of_it_releases_nothing(
    more: dict[str, Any], holds: list[str]
) -> None:
    assert verdict(pod(signed=False), copy(**more)) == ("hold", holds)


def test_a_clean_copy_undoes_no_damage_that_was_noted() -> None:
    assert verdict(pod(exceptions_noted=True), copy()) == ("hold", ["POD-3"])


def test_of_two_copies_the_later_counts_and_a_later_word_of_the_source_counts_again() -> None:
    after = LATER + timedelta(hours=1)
    first = copy(signed=False, system="dms")
    assert verdict(pod(signed=False), first, copy(after)) == ("release", [])
    assert verdict(pod(signed=False), copy(), copy(after, "wms", signed=False))[0] == "hold"
    again = told(pod(signed=False).said, after, "dms")
    assert verdict(copy(), again) == ("hold", ["POD-2"])
