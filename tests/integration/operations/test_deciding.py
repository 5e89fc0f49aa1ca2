"""From messages to a stored decision, on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest

from app.digest import canonical
from app.errors import ConflictError, NotFoundError
from app.judgement.rulebook.key import Answer, Firing, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.look_up import all_units, look_up_unit
from app.telemetry import REGISTRY
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock


def codes(house: House, reference: str) -> list[str]:
    return [hold.code for hold in decide_unit(house, reference).decision.holds]


def test_a_proven_delivery_is_released_for_what_the_card_says(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision = decide_unit(house, "N1").decision
    assert (decision.verdict, decision.holds) == (Verdict.RELEASE, ())
    # As 2,000 lb: 20.00 x 49.39 = 987.80, less 70% = 296.34; fuel 20.0% of it = 59.27.
    assert [str(line.charge.amount.amount) for line in decision.lines] == ["296.34", "59.27"]
    assert str(decision.total) == "355.61 USD"


def test_asking_twice_gives_the_same_bytes_and_stores_nothing_more(
    house: House, clock: SetClock
) -> None:
    nw.record(house, *nw.moved("N1"))
    first = decide_unit(house, "N1")
    clock.forward(48)
    assert canonical(decide_unit(house, "N1")) == canonical(first)
    with house.database.reading("main") as store:
        assert store.counts().decisions == 1
        assert len(store.decisions.taken_of("shipment:N1")) == 1


def test_a_new_fact_makes_a_new_decision_and_the_old_one_stays(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    before = decide_unit(house, "N1").decision
    nw.record(house, nw.pod("N1"))
    after = decide_unit(house, "N1").decision
    assert (before.verdict, after.verdict) == (Verdict.PROVISIONAL, Verdict.RELEASE)
    assert [each.differs for each in replay_decisions(house)] == ["", ""]


def test_the_past_can_be_asked(house: House, clock: SetClock) -> None:
    nw.record(house, *nw.moved("N1"))
    clock.forward(24)
    noon = clock.moment
    clock.forward(24)
    nw.record(house, nw.pod("N1"))
    assert decide_unit(house, "N1", noon).decision.verdict is Verdict.PROVISIONAL
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE


def test_every_number_of_a_unit_finds_it(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    assert decide_unit(house, "O-N1").decision.unit == "shipment:N1"
    assert decide_unit(house, "shipment:N1").decision.unit == "shipment:N1"
    assert look_up_unit(house, "n-1").unit == "shipment:N1"


def test_a_number_nobody_reported_is_not_found(house: House) -> None:
    with pytest.raises(NotFoundError, match="no fact names 'N9'"):
        decide_unit(house, "N9")


def test_a_fact_without_its_shipment_waits_and_is_found_later(house: House) -> None:
    nw.record(house, nw.pod("N1"))
    with pytest.raises(NotFoundError, match=r"1 fact\(s\) name it \(document\)"):
        decide_unit(house, "N1")
    assert all_units(house) == ()
    nw.record(house, *nw.moved("N1"))
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE


def test_a_number_of_two_units_asks_which(house: House) -> None:
    both = nw.named("bol", "B1")
    nw.record(
        house,
        nw.shipment("N1"),
        nw.shipment("N2"),
        nw.event("milestone", {"status": "en_route", "shipment": "N1"}, id="a", references=both),
        nw.event("milestone", {"status": "en_route", "shipment": "N2"}, id="b", references=both),
    )
    with pytest.raises(ConflictError, match="shipment:N1, shipment:N2; say which"):
        decide_unit(house, "B1")


def test_an_ambiguous_paper_holds_until_a_person_says_what_it_is(house: House) -> None:
    bol = nw.named("bol", "B1")
    told = {"status": "en_route", "shipment": "N1"}, {"status": "en_route", "shipment": "N2"}
    nw.record(
        house,
        *nw.moved("N1"),
        nw.shipment("N2"),
        nw.event("milestone", told[0], system="carrier", id="a", references=bol),
        nw.event("milestone", told[1], system="carrier", id="b", references=bol),
        nw.pod("N1", references=bol),
    )
    assert "CORRELATION_AMBIGUOUS" in codes(house, "N1")
    word = {
        "one": {"kind": "document", "value": "POD-N1"},
        "other": {"kind": "shipment", "value": "N1"},
    }
    nw.record(house, nw.event("reference", word, system="ops"))
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE


def test_what_the_erp_says_of_a_customer_counts_for_all_of_its_units(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), *nw.moved("N2"), nw.pod("N2"))
    blocked = {"customer": "NORTHWIND", "credit_status": "hold"}
    nw.record(house, nw.event("customer", blocked, system="erp"))
    assert codes(house, "N1") == codes(house, "N2") == ["CREDIT_HOLD"]


def test_an_approval_for_one_shipment_leaves_the_decisions_about_the_others(house: House) -> None:
    def on_load(number: str) -> dict[str, object]:
        shipped = nw.shipment(number)
        shipped["data"]["shipment"]["load"] = "L1"
        return shipped

    nw.record(house, on_load("N1"), on_load("N2"))
    before = decide_unit(house, "N2").decision
    allowed = {
        "approval": "A1",
        "subject": "liftgate",
        "granted": True,
        "approver": "Ada",
        "authority": "customer",
    }
    about = nw.named("shipment", "N1")
    nw.record(house, nw.event("approval", allowed, system="portal", references=about))
    assert decide_unit(house, "N2").decision == before


def test_a_correction_under_another_number_takes_the_paper_away(house: House) -> None:
    receipt = nw.record(house, *nw.moved("N1"), *nw.moved("N2"), nw.pod("N1"))
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE
    (wrong,) = receipt.messages[-1].fact_ids
    about = nw.named("shipment", "N2")
    nw.record(house, nw.pod("N1", id="corrected", references=about, supersedes=wrong))
    assert "POD_MISSING" in codes(house, "N1")


def test_a_carrier_neither_accepts_its_own_paper_nor_cancels(house: House) -> None:
    own = nw.pod("N1")
    own["source"] = "/carrier/ABFL"
    nw.record(house, *nw.moved("N1"), own)
    assert "POD_MISSING" in codes(house, "N1")
    said = {"shipment": "N2", "status": "cancelled"}
    nw.record(house, nw.shipment("N2"), nw.event("shipment", said, system="carrier"))
    assert decide_unit(house, "N2").decision.verdict is Verdict.HOLD


class Told:
    """A key that answers what the test tells it to."""

    def __init__(self, answer: Answer | NoAnswer) -> None:
        self.answer = answer

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        del pack, view
        return self.answer


def alarms(hold: str) -> float:
    return REGISTRY.get_sample_value("tollgate_engine_alarms_total", {"hold": hold}) or 0.0


def test_an_engine_that_fails_is_an_alarm_with_the_decision_and_its_evidence(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    before = alarms("ENGINE_FAILED"), alarms("ENGINE_DISAGREEMENT")
    broken = replace(house, first_key=Told(NoAnswer(why="it died", evidence="signal 9")))
    decision = decide_unit(broken, "N1").decision
    lenient = replace(house, first_key=Told(Answer(firings=())))
    differing = decide_unit(lenient, "N1").decision
    assert (alarms("ENGINE_FAILED"), alarms("ENGINE_DISAGREEMENT")) == (
        before[0] + 1,
        before[1] + 1,
    )
    logged = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert f"by decision {decision.decision_id}: it died; signal 9" in logged[0]
    assert f"by decision {differing.decision_id}: " in logged[1]
    assert "only the second key: REL-1" in logged[1]


def test_an_engine_that_fails_holds_and_the_next_try_may_release(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    broken = replace(house, first_key=Told(NoAnswer(why="it died", evidence="signal 9")))
    decision = decide_unit(broken, "N1").decision
    assert decision.verdict is Verdict.HOLD
    (hold,) = decision.holds
    assert (hold.code, [each.says for each in hold.evidence]) == (
        "ENGINE_FAILED",
        ["it died", "signal 9"],
    )
    assert decide_unit(house, "N1").decision.verdict is Verdict.RELEASE
    assert [each.differs for each in replay_decisions(house)] == ["", ""]


def test_keys_that_disagree_hold_and_say_about_what(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    lenient = replace(house, first_key=Told(Answer(firings=(Firing("REL-1"),))))
    decision = decide_unit(lenient, "N1").decision
    assert decision.verdict is Verdict.HOLD
    (hold,) = [hold for hold in decision.holds if hold.code == "ENGINE_DISAGREEMENT"]
    assert "only the second key: POD-1 " in [each.says for each in hold.evidence]
    assert [each.differs for each in replay_decisions(house)] == [""]


def test_a_decision_that_was_tampered_with_does_not_replay(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    decide_unit(house, "N1")
    other_engine = replace(house, first_key=Told(NoAnswer(why="gone")))
    (replayed,) = replay_decisions(other_engine)
    assert replayed.differs == "decision, trace"
