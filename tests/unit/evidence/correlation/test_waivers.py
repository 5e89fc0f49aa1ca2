"""Whose word on a waiver counts, and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.unit import unit_of
from app.evidence.correlation.waivers import KnownWaiver, waivers_of
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.work import Waiver
from tests.unit.pricing.made_facts import fact

SAID_AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
LATER = SAID_AT + timedelta(hours=1)
MAY = Authority(owners=(Owner(attribute="waiver", systems=("ops", "finance")),))


def said(**more: Any) -> Waiver:
    fields = {"waiver": "W-1", "hold": "POD_MISSING", "approver": "F. Ito", "reason": "seen"}
    return Waiver(**{"granted": True, **fields, **more})


def known(*facts: Fact, authority: Authority = MAY) -> tuple[KnownWaiver, ...]:
    return waivers_of(unit_of("shipment:S", facts, authority), LATER)


def voids(*facts: Fact, authority: Authority = MAY) -> list[str]:
    return [each.void for each in known(*facts, authority=authority)]


def test_a_waiver_counts_from_whoever_may_give_one_and_from_nobody_else() -> None:
    assert voids(fact(said(), SAID_AT, system="finance")) == [""]
    assert voids(fact(said(), SAID_AT, system="wms")) == ["wms may not waive holds"]
    nobody = Authority(owners=())
    assert voids(fact(said(), SAID_AT, system="ops"), authority=nobody) == [
        "ops may not waive holds"
    ]


def test_what_is_only_meant_waives_nothing() -> None:
    meant = fact(said(), SAID_AT, system="ops", classifier=Classifier.REQUESTED)
    assert voids(meant) == ["it is only requested"]


@pytest.mark.parametrize(
    ("expires_at", "void"),
    [
        (LATER, "it expired at 2026-03-04T10:00:00+00:00"),
        (LATER + timedelta(seconds=1), ""),
        (None, ""),
    ],
)
def test_it_expires_against_the_moment_of_the_decision(
    expires_at: datetime | None, void: str
) -> None:
    assert voids(fact(said(expires_at=expires_at), SAID_AT, system="ops")) == [void]


def test_a_later_word_of_the_same_source_takes_the_place_of_the_earlier() -> None:
    first = fact(said(), SAID_AT, system="ops")
    back = fact(said(granted=False, reason="wrong one"), LATER, system="ops")
    assert voids(first, back) == ["F. Ito took it back: wrong one"]
    again = fact(said(), LATER + timedelta(hours=1), system="ops")
    assert voids(first, back, again) == [""]


def test_one_who_may_and_takes_it_back_is_enough_and_one_who_may_not_is_not() -> None:
    granted = fact(said(), SAID_AT, system="ops")
    taken_back = said(granted=False, approver="G. Roe", reason="no")
    by_finance = fact(taken_back, SAID_AT, system="finance")
    assert voids(granted, by_finance) == ["G. Roe took it back: no"] * 2
    by_wms = fact(taken_back, SAID_AT, system="wms")
    assert sorted(voids(granted, by_wms)) == ["", "wms may not waive holds"]


def test_it_is_about_every_hold_of_its_code_unless_it_names_one() -> None:
    (every,) = known(fact(said(), SAID_AT, system="ops"))
    (one,) = known(fact(said(subject="charge:fuel"), SAID_AT, system="ops"))
    assert every.is_about("POD_MISSING", "charge:fuel")
    assert one.is_about("POD_MISSING", "charge:fuel")
    assert not one.is_about("POD_MISSING", "")
    assert not every.is_about("CREDIT_HOLD", "")


@pytest.mark.parametrize("name", ["waiver", "hold", "approver", "reason"])
def test_a_waiver_of_nobody_or_nothing_or_for_no_reason_is_none(name: str) -> None:
    with pytest.raises(ValueError, match=f"names its {name}"):
        said(**{name: " "})
