"""One unit, one release; what competes between units is settled when it is claimed."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.errors import ConflictError, StaleDecisionError
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.store import Store
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock


def test_claiming_again_is_the_same_release(house: House, clock: SetClock) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision = decide_unit(house, "N1").decision
    release = claim_release(house, decision.decision_id)
    clock.forward(1)
    assert claim_release(house, decision.decision_id) == release
    assert (release.kind, release.amount_minor) == ("final", 35561)


def test_ten_at_once_get_one_release(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision_id = decide_unit(house, "N1").decision.decision_id
    with ThreadPoolExecutor(10) as pool:
        releases = list(pool.map(lambda _: claim_release(house, decision_id), range(10)))
    assert len({release.release_id for release in releases}) == 1


def test_a_hold_cannot_be_claimed(house: House) -> None:
    nw.record(house, nw.shipment("N1"))
    decision_id = decide_unit(house, "N1").decision.decision_id
    with pytest.raises(ConflictError, match="is a hold: nothing to release"):
        claim_release(house, decision_id)


def test_a_decision_that_facts_have_overtaken_cannot_be_claimed(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision_id = decide_unit(house, "N1").decision.decision_id
    nw.record(house, nw.shipment("N1", weight="2400", revision=1, id="corrected"))
    with pytest.raises(StaleDecisionError, match="claim that decision"):
        claim_release(house, decision_id)


def test_a_unit_released_once_is_not_released_under_another_decision(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    claim_release(house, decide_unit(house, "N1").decision.decision_id)
    nw.record(house, nw.shipment("N1", weight="1850", revision=1, id="corrected"))
    later = decide_unit(house, "N1").decision
    assert (later.verdict, str(later.billed_before)) == (Verdict.BILLED, "355.61 USD")
    with pytest.raises(ConflictError, match="is a billed: nothing to release"):
        claim_release(house, later.decision_id)


def test_provisional_releases_stop_at_the_customers_limit(house: House, clock: SetClock) -> None:
    # 10,000 lb x 36.05 a hundredweight = 3,605.00, less 70% = 1,081.50; fuel 20.0% = 216.30:
    # 1,297.80 each. Three are 3,893.40; a fourth would be 5,191.20, above 5,000.00.
    decisions = []
    for number in ("N1", "N2", "N3", "N4"):
        nw.record(house, *nw.moved(number, "10000"))
        decisions.append(decide_unit(house, number).decision)
    assert {str(decision.total) for decision in decisions} == {"1,297.80 USD"}
    for decision in decisions[:3]:
        release = claim_release(house, decision.decision_id)
        assert release.kind == "provisional"
        assert release.expires_at == clock.moment + timedelta(days=14)
    with pytest.raises(ConflictError, match="PROVISIONAL_LIMIT"):
        claim_release(house, decisions[3].decision_id)


def test_what_went_out_under_another_number_does_not_go_out_again(house: House) -> None:
    nw.record(house, *nw.moved("N2"), nw.pod("N2"))
    claim_release(house, decide_unit(house, "N2").decision.decision_id)
    word = {
        "one": {"kind": "shipment", "value": "N1"},
        "other": {"kind": "shipment", "value": "N2"},
    }
    nw.record(house, nw.shipment("N1"), nw.event("reference", word, system="ops"))
    merged = decide_unit(house, "N1").decision
    assert merged.unit == "shipment:N1"
    with pytest.raises(ConflictError):
        claim_release(house, merged.decision_id)


def test_a_hold_that_comes_while_a_claim_waits_stops_the_claim(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision_id = decide_unit(house, "N1").decision.decision_id
    held = {"exception": "M1", "exception_type": "manual_hold"}
    hold = nw.event("exception", held, system="ops", references=nw.named("shipment", "N1"))
    right = Database.writing

    def slow(database: Database, tenant: str) -> AbstractContextManager[Store]:
        monkeypatch.setattr(Database, "writing", right)
        nw.record(house, hold)
        return right(database, tenant)

    monkeypatch.setattr(Database, "writing", slow)
    with pytest.raises(StaleDecisionError, match="hold under"):
        claim_release(house, decision_id)
