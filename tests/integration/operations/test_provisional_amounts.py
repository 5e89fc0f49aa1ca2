"""Provisional policies with amounts of their own, from the facts to the claim and its replay."""

from typing import Any

import msgspec
import pytest

from app.errors import LimitReachedError
from app.judgement.rulebook.model import RulePack
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock, drafts


def agree(house: House, **terms: Any) -> None:
    """Northwind's provisional policy with other terms is in force."""
    found = drafts()
    packs = tuple(_with(pack, terms) for pack in found.packs)
    accept_editions(house, msgspec.structs.replace(found, packs=packs))


def _with(pack: RulePack, terms: dict[str, Any]) -> RulePack:
    rules = []
    for rule in pack.rules:
        if rule.provisional is not None:
            said = msgspec.structs.replace(rule.provisional, **terms)
            # A policy that bills without a price cannot ask for one.
            wanted = tuple(
                msgspec.structs.replace(
                    each, conditions=tuple(c for c in each.conditions if c.name != "priced")
                )
                for each in rule.patterns
            )
            rule = msgspec.structs.replace(rule, provisional=said, patterns=wanted)  # noqa: PLW2901
        rules.append(rule)
    return msgspec.structs.replace(pack, rules=tuple(rules))


def week(published_on: str, price: str) -> dict[str, Any]:
    attributes = {
        "series": "EIA on-highway diesel",
        "region": "US",
        "published_on": published_on,
        "price": price,
    }
    return nw.event(
        "index_value", attributes, system="market", time=f"{published_on}T16:00:00-05:00"
    )


def test_a_missing_week_is_carried_forward_provisionally_until_it_is_published(
    house: House,
) -> None:
    agree(house, waives=("FSC_INDEX_MISSING", "POD_MISSING"), bills="last known")
    nw.record(house, week("2026-02-16", "2.913"), *nw.moved("N1")[1:], nw.pod("N1"))
    ahead = decide_unit(house, "N1").decision
    assert ahead.verdict == "provisional"
    assert [hold.code for hold in ahead.holds] == ["FSC_INDEX_MISSING"]
    assert "carried forward from 2026-02-16" in ahead.lines[1].charge.formula
    release = claim_release(house, ahead.decision_id)
    assert (release.kind, release.amount_minor) == ("provisional", ahead.total.minor_units)  # type: ignore[union-attr]

    nw.record(house, week("2026-02-23", "3.000"))
    known = decide_unit(house, "N1").decision
    assert known.verdict == "release"
    assert "carried" not in known.lines[1].charge.formula
    assert {each.differs for each in replay_decisions(house)} == {""}


def test_while_one_has_been_open_too_long_there_is_no_other(house: House, clock: SetClock) -> None:
    agree(house, oldest_open_days=10)
    for number in ("N1", "N2", "N3"):
        nw.record(house, *nw.moved(number))
    first, second, third = (decide_unit(house, each).decision for each in ("N1", "N2", "N3"))
    claim_release(house, first.decision_id)
    clock.forward(10 * 24 - 1)
    claim_release(house, second.decision_id)
    clock.forward(1)
    with pytest.raises(
        LimitReachedError, match=r"is open since 2026-04-01, and none may be for 10"
    ):
        claim_release(house, third.decision_id)


def test_nine_tenths_are_claimed_and_the_rest_is_the_true_up(house: House) -> None:
    agree(house, bills="percent of estimate", percent="90")
    nw.record(house, *nw.moved("N1"))
    ahead = decide_unit(house, "N1").decision
    first = claim_release(house, ahead.decision_id)
    with house.database.reading(house.tenant) as store:
        is_open = store.releases.open_provisional_minor("NORTHWIND", "USD")
    # Linehaul 296.34 and a fuel surcharge of 20%, 59.27, are 355.61; 90% of it is 320.049.
    assert (first.kind, first.amount_minor, is_open) == ("provisional", 320_05, 320_05)
    nw.record(house, nw.pod("N1"))
    known = decide_unit(house, "N1").decision
    rest = claim_release(house, known.decision_id)
    assert (rest.kind, rest.amount_minor) == ("supplemental", 35_56)
    assert {each.differs for each in replay_decisions(house)} == {""}
