"""A dispute from its opening to the credit, on real databases: held, granted, listed, replayed."""

from typing import Any

from app.explanation.report import explanation_report
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.disputes import known_disputes
from app.operations.looking.look_up import waiting_facts
from app.operations.looking.read_trace import stored_trace
from app.operations.releasing.claim_release import claim_release
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def dispute(
    at: str, state: str = "opened", system: str = "portal", number: str = "D-17", **more: Any
) -> dict[str, Any]:
    """A word on the fuel surcharge of 59.27, said at a moment of March."""
    said = {
        "dispute": number,
        "charge": "fuel_surcharge",
        "shipment": "N1",
        "reason": "rate",
        "text": "the index is of another week",
        "amount": usd("20.00"),
        "state": state,
        **more,
    }
    time = f"2026-03-{at}:00-06:00"
    return nw.event("dispute", said, system=system, time=time, id=f"{number} {state} {at}")


def granted(at: str, amount: str, authority: str = "billing_manager", **more: Any) -> Any:
    more.setdefault("system", "billing")
    return dispute(
        at,
        "resolved",
        outcome="credited",
        granted=usd(amount),
        resolved_by="J. Doe",
        authority=authority,
        **more,
    )


def decided(house: House, *events: dict[str, Any]) -> Decision:
    receipt = nw.record(house, *events)
    assert receipt.counted("recorded") == len(events), receipt
    return decide_unit(house, "N1").decision


def amounts(decision: Decision) -> list[str]:
    return [f"{line.key} {line.charge.amount.amount}" for line in decision.lines if line.billed]


def codes(decision: Decision) -> list[str]:
    return [hold.code for hold in decision.holds]


def test_the_undisputed_part_goes_out_and_the_rest_with_its_credit_once_it_is_resolved(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    open_now = decided(house, dispute("10T09:00"))
    assert codes(open_now) == ["DISPUTE_OPEN"]
    assert (open_now.verdict, amounts(open_now)) == (Verdict.RELEASE, ["linehaul 296.34"])
    assert str(open_now.held_total) == "59.27 USD"

    resolved = decided(
        house, dispute("11T09:00", "answered", "billing"), granted("12T09:00", "15.01")
    )
    assert (resolved.verdict, codes(resolved)) == (Verdict.RELEASE, [])
    assert amounts(resolved) == [
        "linehaul 296.34",
        "fuel_surcharge 59.27",
        "fuel_surcharge/dispute D-17 -15.01",
    ]
    assert str(resolved.total) == "340.60 USD"
    assert [each.differs for each in replay_decisions(house)] == ["", ""]

    shown = "\n".join(explanation_report(resolved, stored_trace(house, resolved.decision_id)))
    assert "D-17 of fuel_surcharge: 20.00 USD claimed, credited" in shown
    assert "15.01 USD granted by J. Doe as billing_manager" in shown


def test_what_was_granted_stays_when_the_freight_is_weighed_and_rated_again(house: House) -> None:
    nw.record(
        house, *nw.moved("N1"), nw.pod("N1"), dispute("10T09:00"), granted("12T09:00", "15.01")
    )
    again = nw.shipment("N1", "2500", revision=1, id="again", time="2026-03-13T12:00:00-06:00")
    heavier = decided(house, again)
    assert amounts(heavier)[-1] == "fuel_surcharge/dispute D-17 -15.01"
    assert amounts(heavier)[0] != "linehaul 296.34"


def test_what_was_billed_stays_billed_while_it_is_disputed_and_then_the_credit_goes_out(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    claim_release(house, decide_unit(house, "N1").decision.decision_id)
    open_now = decided(house, dispute("10T09:00"))
    assert (open_now.verdict, open_now.documents) == (Verdict.BILLED, ())
    resolved = decided(house, granted("12T09:00", "15.01"))
    assert (resolved.verdict, codes(resolved)) == (Verdict.CREDIT, [])
    (document,) = resolved.documents
    assert [line.key for line in document.lines] == ["fuel_surcharge/dispute D-17"]
    assert str(document.total) == "-15.01 USD"


def test_a_credit_waits_with_its_line_while_that_is_disputed_again(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    nw.record(house, dispute("10T09:00"), granted("12T09:00", "15.01"))
    again = decided(house, dispute("13T09:00", number="D-18"))
    assert (again.verdict, codes(again)) == (Verdict.RELEASE, ["DISPUTE_OPEN", "DISPUTE_OPEN"])
    # 59.27 of fuel less the 15.01 that were granted of it
    assert (amounts(again), str(again.held_total)) == (["linehaul 296.34"], "44.26 USD")
    withdrawn = dispute("14T09:00", "resolved", number="D-18", outcome="withdrawn")
    assert str(decided(house, withdrawn).total) == "340.60 USD"


def test_a_rejected_dispute_leaves_everything_as_it_was(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    words = {"outcome": "rejected", "resolved_by": "J. Doe", "authority": "billing_clerk"}
    decision = decided(
        house, dispute("10T09:00"), dispute("12T09:00", "resolved", "finance", **words)
    )
    assert (codes(decision), str(decision.total)) == ([], "355.61 USD")


def test_a_credit_above_the_clerks_limit_waits_for_another_persons_approval(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    opened = dispute("10T09:00", charge="linehaul", amount=usd("150.00"))
    by_clerk = granted("12T09:00", "120.00", "billing_clerk", charge="linehaul")
    waiting = decided(house, opened, by_clerk)
    assert (waiting.verdict, codes(waiting)) == (Verdict.HOLD, ["DISPUTE_CREDIT_UNAPPROVED"])

    def approval(approver: str, system: str) -> dict[str, Any]:
        said = {
            "approval": f"A {approver}",
            "subject": "dispute D-17",
            "granted": True,
            "approver": approver,
            "authority": "billing_manager",
            "up_to": usd("120.00"),
        }
        references = nw.named("shipment", "N1")
        time = "2026-03-13T09:00:00-06:00"
        return nw.event("approval", said, system=system, time=time, references=references)

    assert codes(decided(house, approval("j. doe", "billing"))) == ["DISPUTE_CREDIT_UNAPPROVED"]
    assert codes(decided(house, approval("A. Customer", "portal"))) == ["DISPUTE_CREDIT_UNAPPROVED"]
    freed = decided(house, approval("R. Roe", "finance"))
    assert (freed.verdict, str(freed.total)) == (Verdict.RELEASE, "235.61 USD")


def test_an_invoice_number_alone_leads_nowhere_and_is_refused_with_what_to_do(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    receipt = nw.record(house, dispute("10T09:00", shipment=None, invoice="INV-1"))
    assert receipt.counted("refused") == 1
    (fault,) = receipt.messages[0].faults
    assert "names the one shipment, order or storage period" in fault.detail
    assert "the number of an invoice does not lead to it" in fault.detail


def test_disputes_are_listed_with_their_times_and_sums(house: House, clock: SetClock) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    nw.record(
        house,
        dispute("10T09:00"),
        dispute("11T10:00", "answered", "billing"),
        granted("12T09:00", "15.01"),
        dispute("14T09:00", number="D-18", charge="linehaul", amount=usd("5.00")),
        dispute("15T09:00", number="D-19", shipment="ELSEWHERE"),
    )
    found = known_disputes(house)
    first, second, third = found.disputes
    assert (first.dispute, first.unit, first.customer) == ("D-17", "shipment:N1", "NORTHWIND")
    assert (first.to_answer_s, first.to_resolve_s, first.age_days) == (90000, 172800, 2)
    assert (first.outcome, str(first.granted), first.granted_by) == (
        "credited",
        "15.01 USD",
        "J. Doe",
    )
    assert (second.open, second.age_days) == (True, (clock.moment - second.opened_at).days)
    assert (third.unit, third.dispute) == ("", "D-19")
    assert [fact.entity for fact in waiting_facts(house)] == ["dispute"]
    (sums,) = found.sums
    assert [str(each) for each in (sums.claimed, sums.claimed_open, sums.granted)] == [
        "45.00 USD",
        "25.00 USD",
        "15.01 USD",
    ]
    assert (found.open, found.credited, found.to_resolve_p90_s) == (2, 1, 172800)
    of_northwind = known_disputes(house, only_open=True, customer="NORTHWIND")
    assert [each.dispute for each in of_northwind.disputes] == ["D-18"]
